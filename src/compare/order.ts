import { createRandom } from '../base/random.ts';

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
