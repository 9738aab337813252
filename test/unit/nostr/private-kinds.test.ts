import { describe, expect, it } from 'vitest';
import type { NostrEvent } from '../../../src/nostr/event.ts';
import { isGiftWrapFor, isGiftWrapKind, isReadableBy } from '../../../src/nostr/nip59.ts';
import { asksToVanish } from '../../../src/nostr/nip62.ts';
import { isProtected, repostsProtected } from '../../../src/nostr/nip70.ts';

const ME = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);

function event(kind: number, tags: readonly (readonly string[])[], content = ''): NostrEvent {
  return { id: '1'.repeat(64), pubkey: OTHER, created_at: 1, kind, tags, content, sig: '2'.repeat(128) };
}

describe('a gift wrap (NIP-59)', () => {
  it('is of one of two kinds', () => {
    expect([1_058, 1_059, 1_060, 21_059].map(isGiftWrapKind)).toEqual([false, true, false, true]);
  });

  it.each([1_059, 21_059])('of kind %i is for whom its p tag names', (kind) => {
    const wrap = event(kind, [
      ['e', ME],
      ['p', OTHER],
      ['p', ME],
    ]);
    expect(isGiftWrapFor(wrap, [ME])).toBe(true);
    expect(isReadableBy(wrap, [ME])).toBe(true);
    const others = event(kind, [['e', ME], ['p'], ['p', OTHER]]);
    expect(isGiftWrapFor(others, [ME])).toBe(false);
    expect(isReadableBy(others, [ME])).toBe(false);
    expect(isReadableBy(others, [])).toBe(false);
  });

  it('is nothing else, and everybody may read that', () => {
    expect(isGiftWrapFor(event(1, [['p', ME]]), [ME])).toBe(false);
    expect(isReadableBy(event(1, [['p', OTHER]]), [])).toBe(true);
  });
});

describe('a request to vanish (NIP-62)', () => {
  const hosts = new Set(['relay.example']);

  it.each([
    ['this relay', 62, [['relay', 'wss://relay.example/x']], true],
    ['all relays', 62, [['relay', 'ALL_RELAYS']], true],
    [
      'this one among others',
      62,
      [
        ['relay', 'wss://other.example'],
        ['relay', 'wss://relay.example'],
      ],
      true,
    ],
    ['another relay', 62, [['relay', 'wss://other.example']], false],
    ['no relay', 62, [], false],
    ['nothing', 62, [['relay']], false],
    ['what is no URL', 62, [['relay', 'relay.example']], false],
    ['all relays by another tag', 62, [['r', 'ALL_RELAYS']], false],
    ['all relays by another kind', 1, [['relay', 'ALL_RELAYS']], false],
  ] as const)('of %s', (_, kind, tags, expected) => {
    expect(asksToVanish(event(kind, tags), hosts)).toBe(expected);
  });
});

describe('a protected event (NIP-70)', () => {
  it('has a tag that is a dash and nothing more', () => {
    expect(isProtected([['t', '-'], ['-']])).toBe(true);
    expect([[], [['-', 'x']], [['t']], [['t', '-']]].map((tags) => isProtected(tags))).toEqual(
      Array(4).fill(false),
    );
  });

  const inside = JSON.stringify(event(1, [['-']]));

  it.each([
    ['a repost of one', 6, inside, true],
    ['a generic repost of one', 16, inside, true],
    ['a note that quotes one', 1, inside, false],
    ['a repost of another', 6, JSON.stringify(event(1, [])), false],
    ['a repost without content', 6, '', false],
    ['a repost of no event', 6, '{"tags":[["-"]]}', false],
    ['a repost of no JSON', 6, '{', false],
  ])('is repeated by %s or not', (_, kind, content, expected) => {
    expect(repostsProtected(event(kind, [], content))).toBe(expected);
  });
});
