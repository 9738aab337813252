import { describe, expect, it } from 'vitest';
import { eventId, type NostrEvent } from '../../../../src/nostr/event.ts';
import { Authentication } from '../../../../src/relay/protocol/authentication.ts';
import type { Verdict } from '../../../../src/relay/verify/verifier.ts';
import { someSender } from '../../../support/relay-work.ts';
import { someEvent } from '../../../support/stored-event.ts';

const NOW = 1_000_000;

function connection(verdict: Verdict = 'valid'): Authentication {
  const verifier = { verify: async () => verdict, queueDepth: 0, close: async () => undefined };
  const hosts = new Set(['relay.example', '[::1]']);
  return new Authentication({ verifier, hosts, nowSeconds: () => NOW });
}

function authOf(
  challenge: string,
  fields: Partial<NostrEvent> = {},
  relay = 'wss://relay.example/path',
): NostrEvent {
  const tags = [
    ['relay', relay],
    ['challenge', challenge],
  ];
  const event = someEvent({ kind: 22_242, created_at: NOW, tags, ...fields });
  return { ...event, id: eventId(event) };
}

describe('an authentication (NIP-42)', () => {
  it('is accepted, and the key is known from then on', async () => {
    const auth = connection();
    const event = authOf(auth.challenge);
    expect(await auth.authenticate(event, someSender())).toEqual({ accepted: true, message: '' });
    expect(auth.pubkeys).toEqual([event.pubkey]);
  });

  it('may be done with several keys, and again with the same', async () => {
    const auth = connection();
    for (const pubkey of ['b', 'c', 'b']) {
      await auth.authenticate(authOf(auth.challenge, { pubkey: pubkey.repeat(64) }), someSender());
    }
    expect(auth.pubkeys).toEqual(['b'.repeat(64), 'c'.repeat(64)]);
  });

  it('cannot be replayed on another connection', async () => {
    const [mine, theirs] = [connection(), connection()];
    expect((await theirs.authenticate(authOf(mine.challenge), someSender())).message).toBe(
      'invalid: challenge is not the one of this connection',
    );
    expect(theirs.pubkeys).toEqual([]);
  });

  it.each(['WSS://Relay.Example:443', 'ws://[::1]:7777/', 'wss://relay.example/?x=1'])(
    'names the relay by %s',
    async (relay) => {
      const auth = connection();
      expect((await auth.authenticate(authOf(auth.challenge, {}, relay), someSender())).accepted).toBe(true);
    },
  );

  it.each([
    ['another kind', (c: string) => authOf(c, { kind: 1 })],
    ['a time long ago', (c: string) => authOf(c, { created_at: NOW - 601 })],
    ['a time to come', (c: string) => authOf(c, { created_at: NOW + 601 })],
    ['another relay', (c: string) => authOf(c, {}, 'wss://other.example')],
    ['a relay whose name only begins alike', (c: string) => authOf(c, {}, 'wss://relay.example.evil')],
    ['no relay', (c: string) => authOf(c, { tags: [['challenge', c]] })],
    ['no challenge', (c: string) => authOf(c, { tags: [['relay', 'wss://relay.example']] })],
    ['an id that is not its hash', (c: string) => ({ ...authOf(c), content: 'x' })],
  ])('is refused with %s', async (_name, make) => {
    const auth = connection();
    const { accepted, message } = await auth.authenticate(make(auth.challenge), someSender());
    expect([accepted, message]).toEqual([false, expect.stringMatching(/^invalid: /)]);
    expect(auth.pubkeys).toEqual([]);
  });

  it.each([
    ['invalid', /^invalid: /],
    ['overloaded', /^error: overloaded/],
  ] as const)('is refused where its signature is %s', async (verdict, message) => {
    const auth = connection(verdict);
    expect(await auth.authenticate(authOf(auth.challenge), someSender())).toMatchObject({ accepted: false });
    expect((await auth.authenticate(authOf(auth.challenge), someSender())).message).toMatch(message);
  });

  it('is refused beyond so many keys', async () => {
    const auth = connection();
    const keys = Array.from({ length: 21 }, (_, i) => i.toString(16).padStart(64, '0'));
    const answers = [];
    for (const pubkey of keys)
      answers.push(await auth.authenticate(authOf(auth.challenge, { pubkey }), someSender()));
    expect(answers.filter(({ accepted }) => accepted).length).toBe(20);
    expect(answers.at(-1)?.message).toMatch(/^restricted: /);
  });
});
