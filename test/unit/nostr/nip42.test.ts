import { describe, expect, it } from 'vitest';
import type { NostrEvent } from '../../../src/nostr/event.ts';
import { AUTH_KIND, authProblem, hostOf } from '../../../src/nostr/nip42.ts';

const NOW = 1_700_000_000;
const EXPECTED = { challenge: 'c', hosts: new Set(['relay.example', '[::1]']), now: NOW };

function authentication(changes: Partial<NostrEvent> = {}, relay = 'wss://relay.example/'): NostrEvent {
  const tags = [
    ['relay', relay],
    ['challenge', 'c'],
  ];
  const fields = { id: '1'.repeat(64), pubkey: 'a'.repeat(64), content: '', sig: '2'.repeat(128) };
  return { ...fields, kind: AUTH_KIND, created_at: NOW, tags, ...changes };
}

const problemOf = (changes: Partial<NostrEvent>): string | null =>
  authProblem(authentication(changes), EXPECTED);

describe('an authentication (NIP-42)', () => {
  it('fits where kind, time, challenge and host do', () => {
    expect(problemOf({})).toBeNull();
  });

  it('is of its own kind', () => {
    expect(problemOf({ kind: 1 })).toBe('kind is not 22242');
  });

  it.each([-600, 600])('may be %i s from now', (seconds) => {
    expect(problemOf({ created_at: NOW + seconds })).toBeNull();
  });

  it.each([-601, 601])('may not be %i s from now', (seconds) => {
    expect(problemOf({ created_at: NOW + seconds })).toBe('created_at is more than 600 s from now');
  });

  it.each([
    ['another challenge', [['challenge', 'd']]],
    ['none', []],
    ['a tag without value', [['challenge']]],
    [
      'a second challenge, where the first counts',
      [
        ['challenge', 'd'],
        ['challenge', 'c'],
      ],
    ],
  ])('answers the challenge of its connection, not %s', (_, challenge) => {
    const tags = [['relay', 'wss://relay.example/'], ...challenge];
    expect(problemOf({ tags })).toBe('challenge is not the one of this connection');
  });

  it.each(['wss://relay.example', 'ws://RELAY.example:7000/path', 'ws://[::1]:7000'])(
    'is for %s',
    (relay) => {
      expect(authProblem(authentication({}, relay), EXPECTED)).toBeNull();
    },
  );

  it.each(['wss://other.example', 'wss://relay.example.evil', 'relay.example', ''])(
    'is not for "%s"',
    (relay) => {
      expect(authProblem(authentication({}, relay), EXPECTED)).toBe('relay tag names another relay');
    },
  );
});

describe('the host of a URL', () => {
  it.each([
    ['wss://Relay.Example:443/x', 'relay.example'],
    ['ws://[::1]:80', '[::1]'],
    ['mailto:someone', null],
    ['no url', null],
    ['', null],
  ])('of "%s" is %s', (url, host) => {
    expect(hostOf(url)).toBe(host);
  });
});
