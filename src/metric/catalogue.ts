/**
 * THE catalogue of everything that relay-bench measures. Gates, reports and the run record all take names,
 * units and directions from here; a name that is not here does not exist. Its entries stand in `src/metric/shared` and, of
 * each workload, in its folder.
 */

import { ACCOUNTS } from './accounts.ts';
import { AUDIT_COUNTS } from './audit-counts.ts';
import { COUNTER_MAPS } from './counter-maps.ts';
import { COUNTERS } from './counters.ts';
import { DRIFTS } from './drifts.ts';
import { type BaseLatency, LATENCIES, latencyDefinition } from './latencies.ts';
import { RATIOS } from './ratios.ts';

type Twinned = {
  [K in BaseLatency]: (typeof LATENCIES)[K]['hasServiceTwin'] extends true ? K : never;
}[BaseLatency];
export type LatencyMetric = BaseLatency | `${Twinned}_service`;

/** Latencies without their twins. */
export const BASE_LATENCIES = Object.keys(LATENCIES) as readonly BaseLatency[];

/** All latency names in a fixed order; the index is the identity of a metric on the wire between processes. */
export const LATENCY_NAMES: readonly LatencyMetric[] = BASE_LATENCIES.flatMap((name) => {
  const twin = serviceTwin(name);
  return twin === null ? [name] : [name, twin];
});

/** What users of a relay wait for: the figures that a run is remembered by. */
export const HEADLINES = BASE_LATENCIES.filter((name) => {
  const { headline } = latencyDefinition(name);
  return headline !== undefined && headline.isFallback !== true;
});

/** The same and, last, those that a run is about only where nothing else is measured. */
export const ALL_HEADLINES = [
  ...HEADLINES,
  ...BASE_LATENCIES.filter((name) => latencyDefinition(name).headline?.isFallback === true),
];

/** Latencies of the wanted ends of operations. */
export const ANSWER_LATENCIES: readonly BaseLatency[] = ACCOUNTS.map(({ answer }) => answer);

/** What a metric name denotes. */
export type MetricKind = 'latency' | 'ratio' | 'counter' | 'counter-map' | 'audit' | 'drift';

/** The kind of a metric, or null where the catalogue has no such name. */
export function metricKind(name: string): MetricKind | null {
  if ((LATENCY_NAMES as readonly string[]).includes(name)) return 'latency';
  if (Object.hasOwn(RATIOS, name)) return 'ratio';
  if (Object.hasOwn(COUNTERS, name)) return 'counter';
  if (Object.hasOwn(AUDIT_COUNTS, name)) return 'audit';
  if (Object.hasOwn(DRIFTS, name)) return 'drift';
  return Object.hasOwn(COUNTER_MAPS, name) ? 'counter-map' : null;
}

/** The latency without `_service`. */
export function baseLatency(name: LatencyMetric): BaseLatency {
  return (name.endsWith('_service') ? name.slice(0, -'_service'.length) : name) as BaseLatency;
}

/** The twin that starts at the write, of the same kind; null for a latency that has none, such as `send_lag`. */
export function serviceTwin(name: LatencyMetric): LatencyMetric | null {
  const base = baseLatency(name);
  return latencyDefinition(base).hasServiceTwin ? (`${base}_service` as LatencyMetric) : null;
}

/** Whether a latency is the generator's own, and none of the target. */
export function isOfGenerator(name: LatencyMetric): boolean {
  return latencyDefinition(baseLatency(name)).source === 'generator';
}

/** Every name of the catalogue, for messages and shell completion. */
export function allMetricNames(): readonly string[] {
  const others = [RATIOS, COUNTERS, COUNTER_MAPS, AUDIT_COUNTS, DRIFTS];
  return [...LATENCY_NAMES, ...others.flatMap((each) => Object.keys(each))];
}
