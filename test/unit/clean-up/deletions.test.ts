import { expect, test } from 'vitest';
import { deletionsOf } from '../../../src/clean-up/deletions.ts';

const event = (n: number, pubkey: string, kind = 1) => ({ id: `${n}`, pubkey, kind });

test('a request asks for the events of one author, with their kinds', () => {
  const events = [event(1, 'a', 7), event(2, 'b'), event(3, 'a', 1), event(4, 'a', 7)];
  expect(deletionsOf(events)).toEqual([
    { pubkey: 'a', ids: ['1', '3', '4'], kinds: [1, 7] },
    { pubkey: 'b', ids: ['2'], kinds: [1] },
  ]);
});

test('an author of many events asks several times', () => {
  const events = Array.from({ length: 5 }, (_, n) => event(n, 'a'));
  expect(deletionsOf(events, 2).map(({ ids }) => ids)).toEqual([['0', '1'], ['2', '3'], ['4']]);
});

test('nothing is asked for where nothing is there', () => {
  expect(deletionsOf([])).toEqual([]);
});
