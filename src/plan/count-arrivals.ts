import { createPositions, type PositionOf } from './arrival-positions.ts';
import type { PacedStream } from './pacer.ts';
import type { PlannedPhase } from './parts.ts';
import { rateSegments } from './rate-profile.ts';

/**
 * Arrivals of each phase, in the order of `phases`: exactly those that the pacer yields. A Poisson process is
 * counted by drawing it, about 20 ns an arrival.
 */
export function countArrivals(
  stream: PacedStream,
  phases: readonly PlannedPhase[],
  seed: number,
): readonly number[] {
  const { limit = Number.POSITIVE_INFINITY, recordedNs } = stream;
  if (recordedNs !== undefined) return countRecorded(recordedNs, phases);
  const countBelow = counterOf(stream, seed);
  let before = 0;
  return rateSegments(stream, phases).map((segment) => {
    const upTo = Math.min(limit, countBelow(segment.to));
    const count = upTo - before;
    before = upTo;
    return count;
  });
}

function countRecorded(timesNs: Float64Array, phases: readonly PlannedPhase[]): readonly number[] {
  return phases.map(
    ({ startNs, endNs }) => timesNs.filter((timeNs) => timeNs >= startNs && timeNs < endNs).length,
  );
}

/** How many arrivals have a position below `limit`; the limits never decrease. */
function counterOf({ arrivals, name }: PacedStream, seed: number): (limit: number) => number {
  if (arrivals === 'poisson') return countByDrawing(createPositions(arrivals, seed, name));
  if (arrivals === 'constant') return (limit) => Math.ceil(limit);
  // Sums are rounded: exactly where the pacer ends is found by its own positions.
  if (arrivals.pattern === 'shifted')
    return countFrom(createPositions(arrivals, seed, name), (limit) => Math.floor(limit - 1));
  const { size } = arrivals;
  return (limit) => Math.ceil(limit / size) * size;
}

function countByDrawing(positionOf: PositionOf): (limit: number) => number {
  return countFrom(positionOf, () => 0);
}

/** @param leastBelow arrivals that lie below a limit in any case */
function countFrom(positionOf: PositionOf, leastBelow: (limit: number) => number): (limit: number) => number {
  let n = 0;
  return (limit) => {
    n = Math.max(n, leastBelow(limit));
    while (positionOf(n) < limit) n++;
    return n;
  };
}
