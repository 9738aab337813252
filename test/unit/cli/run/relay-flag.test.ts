import { describe, expect, test } from 'vitest';
import {
  givenAddresses,
  relayFlag,
  relaysText,
  requireDifferentNames,
  startedNames,
} from '../../../../src/cli/run/relay-flag.ts';

describe('a relay on the command line', () => {
  test('is an address, with or without a name, or a command with one', () => {
    expect(relayFlag('ws://127.0.0.1:7777')).toEqual({
      name: null,
      url: 'ws://127.0.0.1:7777/',
      command: null,
    });
    expect(relayFlag('mine=ws://127.0.0.1:7777')).toMatchObject({
      name: 'mine',
      url: 'ws://127.0.0.1:7777/',
    });
    expect(relayFlag('mine=./relay --port {port}')).toEqual({
      name: 'mine',
      url: null,
      command: './relay --port {port}',
    });
  });

  test('may have an equals sign in its address', () => {
    expect(relayFlag('wss://relay.example/?key=value').name).toBeNull();
  });

  test.each(['./relay --port {port}', 'PORT={port} ./relay', 'mine=./relay', '=ws://127.0.0.1:1'])(
    '%s is neither',
    (text) => {
      expect(() => relayFlag(text)).toThrow(expect.objectContaining({ code: 'CONTENDER_INVALID' }));
    },
  );

  test.each(['127.0.0.1:7777', 'http://127.0.0.1:7777', './relay'])('%s is a mistyped address', (text) => {
    expect(() => relayFlag(text)).toThrow(expect.objectContaining({ code: 'RELAY_URL_INVALID' }));
  });
});

describe('relays on the command line', () => {
  const RELAYS = ['a=./a {port}', 'ws://127.0.0.1:1/', 'c=ws://127.0.0.1:2/', 'd=./d {port}'].map(relayFlag);

  test('run already, or are started', () => {
    expect(givenAddresses(RELAYS)).toEqual(['ws://127.0.0.1:1/', 'ws://127.0.0.1:2/']);
    expect(startedNames(RELAYS)).toEqual(['a', 'd']);
    expect([givenAddresses(), startedNames()]).toEqual([[], []]);
  });

  test('are called by their names', () => {
    expect(relaysText(['a'])).toBe('the relay a');
    expect(relaysText(['a', 'd'])).toBe('the relays a, d');
  });

  test('have different names', () => {
    expect(() => requireDifferentNames(RELAYS)).not.toThrow();
    expect(() => requireDifferentNames([...RELAYS, relayFlag('a=ws://127.0.0.1:3')])).toThrow(
      expect.objectContaining({ code: 'CONTENDER_INVALID', message: expect.stringContaining('a, c, d, a') }),
    );
  });
});
