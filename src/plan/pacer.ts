import type { PlannedPhase, Shard, StreamPlan } from './plan.ts';

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

/** Creates the pacer of `stream` for `shard`; pure in its arguments. */
export type CreatePacer = (
  stream: StreamPlan,
  phases: readonly PlannedPhase[],
  seed: number,
  shard: Shard,
) => Pacer;
