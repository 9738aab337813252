import { createRandom } from '../base/random.ts';
import type { ArrivalsSpec } from '../scenario/fields.ts';

/**
 * The position of arrival n in a point process of rate 1: how many arrivals are expected before it. Calls
 * must not go back: n never decreases.
 */
export type PositionOf = (n: number) => number;

/**
 * The point process of a stream, before the rate is laid over it:
 * constant spacing puts arrival n at n, shifted by less than a gap where that is asked for, a burst puts each group of `size` at its
 * first arrival, a Poisson process sums exponential gaps drawn from the seed. Every shard draws the same sequence.
 */
export function createPositions(arrivals: ArrivalsSpec, seed: number, stream: string): PositionOf {
  if (arrivals === 'constant') return (n) => n;
  if (arrivals === 'poisson') return poissonPositions(seed, stream);
  if (arrivals.pattern === 'shifted') return (n) => n + arrivals.by;
  const { size } = arrivals;
  return (n) => n - (n % size);
}

function poissonPositions(seed: number, stream: string): PositionOf {
  const random = createRandom(seed, `arrivals/${stream}`);
  let current = -1;
  let position = 0;
  return (n) => {
    while (current < n) {
      position -= Math.log(1 - random.next());
      current++;
    }
    return position;
  };
}
