/**
 * THE catalogue of everything that relay-bench measures. Gates, reports and the run record all take names,
 * units and directions from here; a name that is not here does not exist.
 */

import { AUDIT_COUNTS } from './audit-counts.ts';
import { COUNTER_MAPS } from './counter-maps.ts';

/** Which way is better. */
export type Direction = 'lower' | 'higher' | 'neutral';

/** The parts of a scenario that can produce a metric. */
export type Source = 'connections' | 'publish' | 'query' | 'subscribe' | 'generator' | 'answers' | 'crossing';

export interface LatencyDefinition {
  readonly source: Source;
  readonly from: string;
  readonly to: string;
  /** Whether a twin `<name>_service`, taken from the actual write, exists. */
  readonly hasServiceTwin: boolean;
  /** Labels that narrow it, besides `phase`, which every latency has. */
  readonly labels: readonly string[];
}

/** Latencies: HDR histograms of integer microseconds, from the SCHEDULED time of the operation. */
export const LATENCIES = {
  connect_latency: {
    source: 'connections',
    from: 'scheduled open',
    to: 'WebSocket open (TCP, TLS, upgrade)',
    hasServiceTwin: true,
    labels: [],
  },
  ack_latency: {
    source: 'publish',
    from: 'EVENT',
    to: 'OK … true of the same id',
    hasServiceTwin: true,
    labels: [],
  },
  reject_latency: {
    source: 'publish',
    from: 'EVENT',
    to: 'OK … false of the same id',
    hasServiceTwin: true,
    labels: [],
  },
  first_event_latency: {
    source: 'query',
    from: 'REQ',
    to: 'first stored EVENT',
    hasServiceTwin: true,
    labels: ['filter'],
  },
  eose_latency: { source: 'query', from: 'REQ', to: 'EOSE', hasServiceTwin: true, labels: ['filter'] },
  delivery_latency: {
    source: 'subscribe',
    from: "publisher's scheduled time",
    to: 'EVENT at a subscriber',
    hasServiceTwin: true,
    labels: [],
  },
  delivery_last_latency: {
    source: 'subscribe',
    from: "publisher's scheduled time",
    to: 'EVENT at the last of its subscribers',
    hasServiceTwin: true,
    labels: [],
  },
  delivery_cross_latency: {
    source: 'crossing',
    from: "publisher's scheduled time",
    to: 'EVENT at a subscriber that is on another relay process than the publisher',
    hasServiceTwin: true,
    labels: [],
  },
  send_lag: {
    source: 'generator',
    from: 'scheduled',
    to: "written: the generator's own lateness",
    hasServiceTwin: false,
    labels: [],
  },
} as const satisfies Record<string, LatencyDefinition>;

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
      'events accepted (OK true, duplicates included) or rightly refused as superseded, of events sent',
    direction: 'higher',
  },
  query_ratio: { source: 'query', description: 'queries ended by EOSE of queries sent', direction: 'higher' },
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

export interface CounterDefinition {
  readonly source: Source;
  readonly description: string;
  readonly direction: Direction;
}

/** Plain counters of the measured phases. */
export const COUNTERS = {
  events_sent: { source: 'publish', description: 'EVENT messages written', direction: 'neutral' },
  events_accepted: { source: 'publish', description: 'OK true, stored as new', direction: 'higher' },
  events_duplicate: {
    source: 'publish',
    description: 'OK true with prefix duplicate:',
    direction: 'neutral',
  },
  events_superseded: {
    source: 'publish',
    description: 'OK false because the relay has a newer version; part of events_rejected',
    direction: 'neutral',
  },
  events_timeout: {
    source: 'publish',
    description: 'events without an OK before their deadline',
    direction: 'lower',
  },
  events_lost_at_close: {
    source: 'publish',
    description: 'events unanswered when their connection closed',
    direction: 'lower',
  },
  deliveries_expected: {
    source: 'subscribe',
    description: 'accepted events × live subscriptions that match',
    direction: 'neutral',
  },
  deliveries_received: {
    source: 'subscribe',
    description: 'expected deliveries that arrived, each counted once',
    direction: 'higher',
  },
  deliveries_missing: {
    source: 'subscribe',
    description: 'expected deliveries that never arrived',
    direction: 'lower',
  },
  deliveries_duplicate: {
    source: 'subscribe',
    description: 'an event that came again on the same subscription',
    direction: 'lower',
  },
  queries_sent: { source: 'query', description: 'REQ messages written', direction: 'neutral' },
  queries_completed: { source: 'query', description: 'queries ended by EOSE', direction: 'higher' },
  queries_closed: { source: 'query', description: 'queries refused or ended by CLOSED', direction: 'lower' },
  queries_timeout: {
    source: 'query',
    description: 'queries without EOSE or CLOSED before their deadline',
    direction: 'lower',
  },
  queries_lost_at_close: {
    source: 'query',
    description: 'queries unanswered when their connection closed',
    direction: 'lower',
  },
  query_events_received: {
    source: 'query',
    description: 'stored EVENT messages received by queries',
    direction: 'neutral',
  },
  query_overflows: {
    source: 'query',
    description: 'queries stopped because the relay sent far more than the limit',
    direction: 'lower',
  },
  answers_checked: {
    source: 'answers',
    description: 'answers to queries that were compared with the right ones: a sample',
    direction: 'neutral',
  },
  subscriptions_closed: {
    source: 'subscribe',
    description: 'live subscriptions that the relay ended by CLOSED',
    direction: 'lower',
  },
  notices: { source: 'connections', description: 'NOTICE messages received', direction: 'lower' },
  stray_frames: {
    source: 'connections',
    description: 'frames that answer nothing that was asked',
    direction: 'lower',
  },
  malformed_frames: {
    source: 'connections',
    description: 'frames that are not a Nostr message',
    direction: 'lower',
  },
  events_verified: {
    source: 'connections',
    description: 'received events whose id and signature were verified: a sample',
    direction: 'neutral',
  },
  events_invalid: {
    source: 'connections',
    description: 'received events of that sample that are malformed or carry a wrong id or signature',
    direction: 'lower',
  },
  bytes_sent: {
    source: 'connections',
    description: 'WebSocket bytes written, frame headers included',
    direction: 'neutral',
  },
  bytes_received: {
    source: 'connections',
    description: 'WebSocket payload bytes received',
    direction: 'neutral',
  },
} as const satisfies Record<string, CounterDefinition>;

export type CounterMetric = keyof typeof COUNTERS;
export const COUNTER_NAMES = Object.keys(COUNTERS) as readonly CounterMetric[];

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
