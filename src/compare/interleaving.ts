import { createRandom } from '../base/random.ts';
import { rankTest } from './rank-test.ts';

/** Fewer runs a side have no order to speak of. */
const MIN_RUNS = 2;
/** An order of starts that chance gives less often than this favours one side. */
const RARE = 0.1;

/** Said wherever the runs of one side were made before those of the other. */
export const BLOCKS_WARNING =
  'the runs of the sides do not interleave: one side was measured before the other, and whatever drifted in between (other load, heat, a fuller disk) looks like a change; only what exceeds the tolerance of single runs counts, and nothing is called the same. `relay-bench ab` interleaves them';

/**
 * Whether one side was measured before the other: all of it, or in an order that chance hardly gives. Runs that say they
 * started at the same instant have no order.
 * @param base start of each run, ISO 8601
 */
export function inBlocks(base: readonly string[], candidate: readonly string[]): boolean {
  if (Math.min(base.length, candidate.length) < MIN_RUNS) return false;
  const [b, c] = [base.map(Date.parse), candidate.map(Date.parse)];
  if (Math.max(...b) < Math.min(...c) || Math.max(...c) < Math.min(...b)) return true;
  const { pGreater, pLess } = rankTest(b, c);
  return 2 * Math.min(pGreater, pLess) <= RARE;
}

/**
 * The order of the runs of each round: drawn for every other round, reversed in the next (ABBA), so that neither drift
 * nor place favours anyone.
 * @returns one list of indexes 0 … `count` − 1 a round; the same for the same seed
 */
export function interleave(count: number, rounds: number, seed: number): number[][] {
  const random = createRandom(seed, 'contest/order');
  const orders: number[][] = [];
  while (orders.length < rounds) {
    const order = Array.from({ length: count }, (_, at) => at);
    for (let at = count - 1; at > 0; at--) {
      const other = random.int(at + 1);
      [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
    }
    orders.push(order, order.toReversed());
  }
  return orders.slice(0, rounds);
}
