import { describe, expect, it } from 'vitest';
import { ownHosts } from '../../../../src/relay/http/own-hosts.ts';

describe('the host names of a relay', () => {
  it('are all names of the loopback where it listens there', () => {
    expect(ownHosts('127.0.0.1', [])).toEqual(new Set(['127.0.0.1', 'localhost', '[::1]']));
    expect(ownHosts('::1', [])).toEqual(new Set(['[::1]', 'localhost', '127.0.0.1']));
  });

  it('are the address that it listens on and those of its public URLs', () => {
    expect(ownHosts('192.0.2.7', ['wss://Relay.Example:8443/path'])).toEqual(
      new Set(['relay.example', '192.0.2.7']),
    );
  });

  it('are those of the loopback among others where it listens on any address', () => {
    const hosts = ownHosts('0.0.0.0', ['wss://relay.example']);
    expect([...hosts]).toEqual(expect.arrayContaining(['localhost', '127.0.0.1', 'relay.example']));
    expect(hosts.has('0.0.0.0')).toBe(false);
  });
});
