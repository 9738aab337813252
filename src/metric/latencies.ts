import type { Source } from './source.ts';

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
  late_latency: {
    source: 'replies',
    from: 'deadline of an operation, or our CLOSE',
    to: 'a reply that came all the same',
    hasServiceTwin: false,
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
