import { WORKLOAD_METRICS } from '../workload/registry/metrics.ts';
import type { MetricSet } from './definition.ts';
import { authenticationMetrics } from './shared/authentication.ts';
import { connectionMetrics } from './shared/connections.ts';
import { faultMetrics } from './shared/faults.ts';
import { generatorMetrics } from './shared/generator.ts';
import { replyMetrics } from './shared/replies.ts';

/** Everything that is measured, in the order of reports. */
export const METRIC_SETS = [
  connectionMetrics,
  ...WORKLOAD_METRICS,
  replyMetrics,
  generatorMetrics,
  authenticationMetrics,
  faultMetrics,
] as const satisfies readonly MetricSet[];

/** In the order of default gates: first whether the load was offered. */
export const GATED_SETS: readonly MetricSet[] = [
  generatorMetrics,
  connectionMetrics,
  ...WORKLOAD_METRICS,
  replyMetrics,
];

type Sets = (typeof METRIC_SETS)[number];

type Part = 'sources' | 'latencies' | 'ratios' | 'counters' | 'maps';
type All<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;
/** The entries of one sort of all sets. */
export type Entries<P extends Part> = All<Sets[P]>;

/** The entries of one sort of all sets. @throws Error where two have the same name */
export function entriesOf<P extends Part>(part: P): Entries<P> {
  const all = sets(part).flatMap((set) => Object.entries(set[part]));
  const names = new Set(all.map(([name]) => name));
  if (names.size < all.length) throw new Error(`two metrics have the same name among the ${part}`);
  return Object.fromEntries(all) as Entries<P>;
}

/** What is counted stands behind what a run is about. */
function sets(part: Part): readonly MetricSet[] {
  if (part !== 'counters' && part !== 'maps') return METRIC_SETS;
  const shared = METRIC_SETS.filter((set) => !(WORKLOAD_METRICS as readonly MetricSet[]).includes(set));
  return [...WORKLOAD_METRICS, ...shared];
}
