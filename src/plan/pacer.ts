import { createPositions } from './arrival-positions.ts';
import type { PlannedPhase, Shard, StreamPlan } from './parts.ts';
import { rateSegments, timeOfPosition } from './rate-profile.ts';

/**
 * The arrivals of one stream that belong to one shard, in order of time. The union over all shards of a run
 * equals the schedule of a single shard, exactly.
 */
export interface Pacer {
  /** Offset of the next arrival in ns after t0; `Infinity` when there is none left. */
  peekNs(): number;
  /** Number of the next arrival among ALL arrivals of the stream (not only this shard's). */
  peekNumber(): number;
  /** Step to the following arrival. */
  advance(): void;
}

/** What a pacer needs to know of its stream. */
export type PacedStream = Pick<
  StreamPlan,
  'name' | 'rate_per_s' | 'arrivals' | 'opens' | 'during' | 'limit' | 'recordedNs'
>;

/** Creates the pacer of `stream` for `shard`; pure in its arguments. */
export type CreatePacer = (
  stream: PacedStream,
  phases: readonly PlannedPhase[],
  seed: number,
  shard: Shard,
) => Pacer;

/**
 * Arrival n of a point process of rate 1 is laid through the inverse of the cumulative rate of the phases.
 * The time of an arrival depends on n alone, never on the arrival before it: nothing accumulates over hours,
 * and a shard computes exactly the numbers that a single worker computes.
 */
export const createPacer: CreatePacer = (stream, phases, seed, shard) => {
  const { limit = Number.POSITIVE_INFINITY, recordedNs } = stream;
  if (recordedNs !== undefined) return recordedPacer(recordedNs, phases, shard);
  const segments = rateSegments(stream, phases);
  const positionOf = createPositions(stream.arrivals, seed, stream.name);
  let segment = 0;
  let number = shard.index;
  const timeOf = (position: number): number => {
    let current = segments[segment];
    while (current !== undefined && position >= current.to) current = segments[++segment];
    return current === undefined ? Number.POSITIVE_INFINITY : timeOfPosition(current, position);
  };
  const next = (): number => (number < limit ? timeOf(positionOf(number)) : Number.POSITIVE_INFINITY);
  let nextNs = next();
  return {
    peekNs: () => nextNs,
    peekNumber: () => number,
    advance: () => {
      if (nextNs === Number.POSITIVE_INFINITY) return;
      number += shard.count;
      nextNs = next();
    },
  };
};

/** Arrivals at recorded times, as far as the phases last. */
function recordedPacer(timesNs: Float64Array, phases: readonly PlannedPhase[], shard: Shard): Pacer {
  const endNs = phases.at(-1)?.endNs ?? 0;
  let number = shard.index;
  return {
    peekNs: () => {
      const timeNs = timesNs[number] ?? Number.POSITIVE_INFINITY;
      return timeNs < endNs ? timeNs : Number.POSITIVE_INFINITY;
    },
    peekNumber: () => number,
    advance: () => {
      number += shard.count;
    },
  };
}
