import { describe, expect, it } from 'vitest';
import { ClientAddresses, parseNetwork } from '../../../../src/relay/limits/client-address.ts';

function addressOf(trusted: string[], remoteAddress: string | undefined, forwarded?: string): string {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  const request = { headers, socket: { remoteAddress } } as Parameters<ClientAddresses['of']>[0];
  return new ClientAddresses(trusted).of(request);
}

describe('the address of a client', () => {
  it('is that of the socket where no proxy is trusted, whatever the header says', () => {
    expect(addressOf([], '203.0.113.9', '198.51.100.1')).toBe('203.0.113.9');
  });

  it('is not taken from the header of a stranger', () => {
    expect(addressOf(['127.0.0.1'], '203.0.113.9', '198.51.100.1')).toBe('203.0.113.9');
  });

  it('is the one that the trusted proxy wrote, not one that the client wrote before', () => {
    expect(addressOf(['127.0.0.1'], '127.0.0.1', '1.2.3.4, 198.51.100.1')).toBe('198.51.100.1');
  });

  it('is found behind several trusted proxies', () => {
    expect(addressOf(['10.0.0.0/8'], '::ffff:10.0.0.1', '6.6.6.6, 198.51.100.1, 10.1.2.3')).toBe(
      '198.51.100.1',
    );
  });

  it('is that of the proxy where the header is missing or nonsense', () => {
    expect(addressOf(['127.0.0.1'], '127.0.0.1')).toBe('127.0.0.1');
    expect(addressOf(['127.0.0.1'], '127.0.0.1', 'unknown')).toBe('127.0.0.1');
  });

  it('may be of IPv6', () => {
    expect(addressOf(['::1'], '::1', '2001:db8::7')).toBe('2001:db8::7');
  });
});

describe('a network', () => {
  it.each([
    ['10.0.0.0/8', { address: '10.0.0.0', prefix: 8, family: 'ipv4' }],
    ['::1', { address: '::1', prefix: 128, family: 'ipv6' }],
  ])('is read from %s', (text, network) => {
    expect(parseNetwork(text)).toEqual(network);
  });

  it.each(['', 'localhost', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/', '::1/129'])('is not %j', (text) => {
    expect(parseNetwork(text)).toBeNull();
  });
});
