import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { requireConsent } from '../../../src/cli/consent.ts';
import { isLoopback, isThisMachine, type ResolvedTarget, resolveTargets } from '../../../src/cli/target.ts';

const target = (host: string, ...addresses: string[]): ResolvedTarget => ({
  url: `ws://${host}/`,
  host,
  addresses,
  problem: addresses.length === 0 ? 'not found' : null,
});

describe('consent', () => {
  test('loopback targets need none', () => {
    const targets = [target('localhost', '127.0.0.1', '::1'), target('127.8.9.1', '127.8.9.1')];
    expect(() => requireConsent(targets, [])).not.toThrow();
  });

  test('any other host needs it, and the hint says how', () => {
    expect(() => requireConsent([target('relay.example', '192.0.2.1')], [])).toThrow(
      expect.objectContaining({
        code: 'CONSENT_REQUIRED',
        exitCode: 2,
        hint: expect.stringContaining('--i-own-this-relay relay.example'),
      }),
    );
  });

  test('a name that also has an address elsewhere is not loopback', () => {
    expect(() => requireConsent([target('mixed.example', '127.0.0.1', '192.0.2.1')], [])).toThrow(/consent/);
  });

  test('a name that does not resolve is not taken for loopback', () => {
    expect(() => requireConsent([target('nowhere.example')], [])).toThrow(/does not resolve/);
  });

  test('every host must be named by itself; a parent domain is not enough', () => {
    const targets = [target('a.example', '192.0.2.1'), target('b.example', '192.0.2.2')];
    expect(() => requireConsent(targets, ['a.example'])).toThrow(/b\.example/);
    expect(() => requireConsent([target('a.example', '192.0.2.1')], ['example'])).toThrow(/a\.example/);
    expect(() => requireConsent(targets, ['a.example', 'B.EXAMPLE'])).not.toThrow();
  });

  test('consent for a host that is no target is a typing mistake', () => {
    expect(() => requireConsent([target('localhost', '127.0.0.1')], ['relay.example'])).toThrow(
      expect.objectContaining({ code: 'CONSENT_UNUSED', exitCode: 2 }),
    );
  });
});

describe('resolving targets', () => {
  test('host names are compared in lower case and IPv6 without brackets', async () => {
    const resolved = await resolveTargets(['ws://[::1]:7777/', 'ws://LocalHost/x'], async (host) => [
      host === '::1' ? '::1' : '127.0.0.1',
    ]);
    expect(resolved.map(({ host }) => host)).toEqual(['::1', 'localhost']);
    expect(resolved.every(isLoopback)).toBe(true);
  });

  test('a failed lookup is kept as the problem of its target', async () => {
    const [resolved] = await resolveTargets(['ws://nowhere.example/'], async () => {
      throw new Error('ENOTFOUND');
    });
    expect(resolved).toMatchObject({ addresses: [], problem: 'ENOTFOUND' });
  });

  test.each([
    ['127.0.0.1', true],
    ['127.255.255.254', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['128.0.0.1', false],
    ['10.0.0.1', false],
    ['0.0.0.0', false],
    ['::', false],
    ['fe80::1', false],
    ['::ffff:10.0.0.1', false],
  ])('%s is loopback: %s', (address, expected) => {
    expect(isLoopback(target('h', address))).toBe(expected);
  });

  test('this machine is loopback and its own network addresses, and no other', () => {
    const own = Object.values(networkInterfaces()).flatMap((all) =>
      (all ?? []).map(({ address }) => address),
    );
    for (const address of ['127.0.0.1', ...own]) expect(isThisMachine(target('h', address))).toBe(true);
    // Addresses of documentation (RFC 5737, RFC 3849), which nobody has.
    for (const address of ['192.0.2.1', '2001:db8::1'])
      expect(isThisMachine(target('h', address))).toBe(false);
  });
});
