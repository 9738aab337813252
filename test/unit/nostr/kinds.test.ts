import { describe, expect, it } from 'vitest';
import { compareNewestFirst, dTag, kindClass, replaceableAddress } from '../../../src/nostr/kinds.ts';

const PUBKEY = 'a'.repeat(64);

describe('the class of a kind', () => {
  it.each([
    [0, 'replaceable'],
    [1, 'regular'],
    [2, 'regular'],
    [3, 'replaceable'],
    [4, 'regular'],
    [5, 'regular'],
    [44, 'regular'],
    [45, 'regular'],
    [62, 'regular'],
    [445, 'regular'],
    [1_000, 'regular'],
    [1_059, 'regular'],
    [9_999, 'regular'],
    [10_000, 'replaceable'],
    [19_999, 'replaceable'],
    [20_000, 'ephemeral'],
    [29_999, 'ephemeral'],
    [30_000, 'addressable'],
    [39_999, 'addressable'],
    [40_000, 'regular'],
    [65_535, 'regular'],
  ])('of %i is %s', (kind, expected) => {
    expect(kindClass(kind)).toBe(expected);
  });
});

describe('the d of an event', () => {
  it.each([
    ['no tags', [], ''],
    ['a d without value', [['d']], ''],
    ['an empty d', [['d', '']], ''],
    ['a d', [['d', 'x']], 'x'],
    [
      'two d, of which the first counts',
      [
        ['d', 'x'],
        ['d', 'y'],
      ],
      'x',
    ],
    ['a first d without value', [['d'], ['d', 'y']], ''],
    ['a capital D', [['D', 'x']], ''],
  ])('with %s', (_name, tags, expected) => {
    expect(dTag({ tags })).toBe(expected);
  });
});

describe('the address of an event', () => {
  it.each([
    [1, [], null],
    [20_001, [['d', 'x']], null],
    [0, [], `0:${PUBKEY}:`],
    [10_002, [['d', 'ignored']], `10002:${PUBKEY}:`],
    [30_023, [['d', 'x:y']], `30023:${PUBKEY}:x:y`],
    [30_023, [], `30023:${PUBKEY}:`],
  ])('of kind %i with tags %j is %s', (kind, tags, expected) => {
    expect(replaceableAddress({ kind, pubkey: PUBKEY, tags })).toBe(expected);
  });
});

describe('the order of events', () => {
  it('puts the newer first', () => {
    expect(compareNewestFirst({ created_at: 2, id: 'b' }, { created_at: 1, id: 'a' })).toBeLessThan(0);
  });

  it('puts the lower id first in the same second', () => {
    expect(compareNewestFirst({ created_at: 1, id: 'a' }, { created_at: 1, id: 'b' })).toBeLessThan(0);
    expect(compareNewestFirst({ created_at: 1, id: 'b' }, { created_at: 1, id: 'a' })).toBeGreaterThan(0);
  });

  it('takes an event as equal to itself', () => {
    expect(compareNewestFirst({ created_at: 1, id: 'a' }, { created_at: 1, id: 'a' })).toBe(0);
  });
});
