import { describe, expect, it } from 'vitest';
import type { Filter } from '../../../../../src/nostr/filter.ts';
import {
  fewAuthorsStatement,
  isOfFewAuthors,
  isTooMuch,
} from '../../../../../src/relay/store/postgres/few-authors.ts';

const [ALICE, BOB] = ['a'.repeat(64), 'b'.repeat(64)] as const;
const asking = { nowSeconds: 1_780_000_000, reader: undefined };

describe('a filter of few authors', () => {
  it.each<[string, Filter]>([
    ['one of whom all is asked for', { authors: [ALICE] }],
    ['several', { authors: [ALICE, BOB], since: 5 }],
    ['several kinds', { authors: [ALICE], kinds: [1, 6] }],
  ])('is answered at once: %s', (_, filter) => {
    expect(isOfFewAuthors(filter)).toBe(true);
  });

  it.each<[string, Filter]>([
    ['no author', { kinds: [1] }],
    ['an author and a kind, which an index has in order', { authors: [ALICE], kinds: [1] }],
    ['ids', { authors: [ALICE], ids: [BOB] }],
    ['a tag', { authors: [ALICE], '#t': ['nostr'] }],
    ['words', { authors: [ALICE], search: 'nostr' }],
    ['many', { authors: Array.from({ length: 17 }, (_, n) => n.toString(16).padStart(64, '0')) }],
  ])('is not one of these: %s', (_, filter) => {
    expect(isOfFewAuthors(filter)).toBe(false);
  });

  it('has one statement for all values, so that it is planned once', () => {
    const [one, other] = [[ALICE], [ALICE, BOB, ALICE]].map((authors) =>
      fewAuthorsStatement({ authors }, authors.length, asking),
    );
    expect(one?.name).toBe(other?.name);
    expect(other?.values[0]).toEqual([`\\x${ALICE}`, `\\x${BOB}`]);
  });

  it('tells events, none of them, and too many apart', () => {
    expect(isTooMuch([])).toBe(false);
    expect(isTooMuch([[ALICE, BOB, 1, 1, null, '{}']])).toBe(false);
    expect(isTooMuch([['', '', 0, 0, null, '']])).toBe(true);
  });
});
