import { median } from '../base/median.ts';
import { ANSWER_LATENCIES } from '../metric/catalogue.ts';
import type { RunRecord } from './schema.ts';

/** How a latency has grown: medians of the first and of the last third of the measured seconds, microseconds. */
export interface Growth {
  readonly metric: string;
  readonly from_us: number;
  readonly to_us: number;
}

/** Seconds with samples below which thirds mean nothing. */
const FEWEST_SECONDS = 6;
/** A queue that grows for as long as the load lasts at least doubles the latency, and by more than the noise of a second. */
const FACTOR = 2;
const LEAST_US = 20_000;

/** Whether latencies grow over a run, as those of a queue do that is never worked off; null where none does. */
export function latencyGrowth({ intervals, load }: Pick<RunRecord, 'intervals' | 'load'>): Growth | null {
  const measured = new Set(load.phases.filter(({ kind }) => kind === 'measured').map(({ name }) => name));
  const rows = intervals.filter(({ phase }) => measured.has(phase));
  for (const metric of ANSWER_LATENCIES) {
    const medians = rows
      .map(({ latencies }) => latencies[metric]?.p50_us ?? null)
      .filter((value) => value !== null);
    const third = Math.floor(medians.length / 3);
    if (medians.length < FEWEST_SECONDS) continue;
    const from_us = median(medians.slice(0, third));
    const to_us = median(medians.slice(-third));
    if (to_us >= from_us * FACTOR && to_us - from_us >= LEAST_US) return { metric, from_us, to_us };
  }
  return null;
}
