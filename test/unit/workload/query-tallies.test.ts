import { expect, it } from 'vitest';
import { QueryTallies } from '../../../src/workload/query/query-tallies.ts';

it('keeps what has come to each query, beyond the first thousands too', () => {
  const tallies = new QueryTallies();
  tallies.begin(0, 7);
  tallies.add(0, true);
  tallies.begin(2_000, 9);
  expect([tallies.add(2_000, false), tallies.add(2_000, true)]).toEqual([1, 2]);
  expect([tallies.receivedBy(2_000), tallies.storedOf(2_000), tallies.numberOf(2_000)]).toEqual([2, 1, 9]);
  expect([tallies.receivedBy(0), tallies.storedOf(0), tallies.numberOf(0)]).toEqual([1, 1, 7]);
  tallies.begin(0, 8);
  expect([tallies.receivedBy(0), tallies.storedOf(0), tallies.numberOf(0)]).toEqual([0, 0, 8]);
});
