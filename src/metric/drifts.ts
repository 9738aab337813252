import { type BaseLatency, LATENCIES } from './latencies.ts';

/** How what a run measures second by second changes while it goes on; part of the catalogue. */
export const DRIFTS = {
  drift: {
    description:
      'change an hour of the p95 of latencies and of the memory and descriptors of the relay, by the trend of its seconds',
    direction: 'lower',
    /** Names what drifts; without it, all of that. */
    label: 'of',
  },
} as const;

/** What can drift: a latency, or what the relay's processes hold. */
export type DriftQuantity = BaseLatency | 'rss' | 'descriptors';
export const DRIFT_QUANTITIES = [
  ...(Object.keys(LATENCIES) as readonly BaseLatency[]),
  'rss',
  'descriptors',
] as const satisfies readonly DriftQuantity[];

/** The percentiles that every second of a run keeps. */
export const DRIFT_AGGREGATIONS = ['p50', 'p95', 'p99'] as const;
export type DriftAggregation = (typeof DRIFT_AGGREGATIONS)[number];

/** What `text` names as drifting; null where nothing of that name can. */
export function driftQuantity(text: string): DriftQuantity | null {
  return DRIFT_QUANTITIES.find((name) => name === text) ?? null;
}
