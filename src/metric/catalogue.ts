/**
 * THE catalogue of everything that relay-bench measures. Gates, reports and the run record all take names,
 * units and directions from here; a name that is not here does not exist.
 */

import { AUDIT_COUNTS } from './audit-counts.ts';
import { COUNTER_MAPS } from './counter-maps.ts';
import { COUNTERS } from './counters.ts';
import { LATENCIES } from './latencies.ts';
import type { Direction, Source } from './source.ts';

export type BaseLatency = keyof typeof LATENCIES;
type Twinned = {
  [K in BaseLatency]: (typeof LATENCIES)[K]['hasServiceTwin'] extends true ? K : never;
}[BaseLatency];
export type LatencyMetric = BaseLatency | `${Twinned}_service`;

/** All latency names in a fixed order; the index is the identity of a metric on the wire between processes. */
export const LATENCY_NAMES: readonly LatencyMetric[] = Object.entries(LATENCIES).flatMap(
  ([name, definition]) =>
    definition.hasServiceTwin
      ? [name as BaseLatency, `${name}_service` as LatencyMetric]
      : [name as BaseLatency],
);

export interface RatioDefinition {
  readonly source: Source;
  readonly description: string;
  readonly direction: Direction;
}

/** Ratios in 0..1, computed from counters over the measured phases. */
export const RATIOS = {
  ack_ratio: {
    source: 'publish',
    description:
      'events accepted (OK true, duplicates included) or rightly refused as superseded, of events sent and unsent',
    direction: 'higher',
  },
  query_ratio: {
    source: 'query',
    description: 'queries ended by EOSE of queries sent and unsent',
    direction: 'higher',
  },
  delivery_ratio: {
    source: 'subscribe',
    description: 'deliveries received of deliveries expected',
    direction: 'higher',
  },
  connect_ratio: {
    source: 'connections',
    description: 'connections opened of connections requested',
    direction: 'higher',
  },
  achieved_rate_ratio: {
    source: 'generator',
    description: 'operations acknowledged or completed in time of operations scheduled',
    direction: 'higher',
  },
} as const satisfies Record<string, RatioDefinition>;

export type RatioMetric = keyof typeof RATIOS;

/** What a metric name denotes. */
export type MetricKind = 'latency' | 'ratio' | 'counter' | 'counter-map' | 'audit';

/** The kind of a metric, or null where the catalogue has no such name. */
export function metricKind(name: string): MetricKind | null {
  if ((LATENCY_NAMES as readonly string[]).includes(name)) return 'latency';
  if (Object.hasOwn(RATIOS, name)) return 'ratio';
  if (Object.hasOwn(COUNTERS, name)) return 'counter';
  if (Object.hasOwn(AUDIT_COUNTS, name)) return 'audit';
  return Object.hasOwn(COUNTER_MAPS, name) ? 'counter-map' : null;
}

/** The latency without `_service`. */
export function baseLatency(name: LatencyMetric): BaseLatency {
  return (name.endsWith('_service') ? name.slice(0, -'_service'.length) : name) as BaseLatency;
}

/** Every name of the catalogue, for messages and shell completion. */
export function allMetricNames(): readonly string[] {
  const others = [RATIOS, COUNTERS, COUNTER_MAPS, AUDIT_COUNTS];
  return [...LATENCY_NAMES, ...others.flatMap((each) => Object.keys(each))];
}
