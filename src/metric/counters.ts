import type { Direction, Source } from './source.ts';

export interface CounterDefinition {
  readonly source: Source;
  readonly description: string;
  readonly direction: Direction;
  /**
   * `run`: counted from the first connection to the end of the drain, as everything of source `connections` is;
   * otherwise only in the measured phases.
   */
  readonly span?: 'run';
  /** Version of `run.json` that it came with, where that is not the first: older records read as 0. */
  readonly since?: string;
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
  events_repeated: {
    source: 'publish',
    description: 'EVENT messages with an event that this run had sent before; part of events_sent',
    direction: 'neutral',
    since: '1.1.0',
  },
  duplicates_unexplained: {
    source: 'publish',
    description: 'answers duplicate: beyond the events that this run sent more than once',
    direction: 'lower',
    since: '1.1.0',
  },
  events_unsent: {
    source: 'publish',
    description: 'events that could not be written: the target had closed their connection or did not read',
    direction: 'lower',
    since: '1.1.0',
  },
  events_dropped: {
    source: 'publish',
    description:
      'events that the generator never got round to writing: its own doing, which makes the run invalid',
    direction: 'lower',
    since: '1.1.0',
  },
  events_superseded: {
    source: 'publish',
    description: 'OK false because the relay has a newer version; part of events_rejected',
    direction: 'neutral',
    since: '1.1.0',
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
    description: 'accepted events × live subscriptions that match, as the scenario asks for them',
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
  deliveries_unmatched: {
    source: 'subscribe',
    description: 'events on a live subscription whose filter they do not match',
    direction: 'lower',
    since: '1.1.0',
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
  queries_unsent: {
    source: 'query',
    description: 'queries that could not be written: the target had closed their connection or did not read',
    direction: 'lower',
    since: '1.1.0',
  },
  queries_dropped: {
    source: 'query',
    description:
      'queries that the generator never got round to writing: its own doing, which makes the run invalid',
    direction: 'lower',
    since: '1.1.0',
  },
  query_events_received: {
    source: 'query',
    description: 'stored EVENT messages received by queries',
    direction: 'neutral',
  },
  query_overflows: {
    source: 'query',
    description: 'queries to which the relay sent more stored events than the limit',
    direction: 'lower',
  },
  events_after_eose: {
    source: 'query',
    description: 'events after EOSE that were stored before the query, so that they are not live',
    direction: 'lower',
    since: '1.1.0',
  },
  answers_checked: {
    source: 'answers',
    description: 'answers to queries that were compared with the right ones: a sample',
    direction: 'neutral',
    since: '1.1.0',
  },
  subscriptions_closed: {
    source: 'subscribe',
    description: 'live subscriptions that the relay refused or ended by CLOSED',
    direction: 'lower',
    span: 'run',
  },
  connections_lost: {
    source: 'connections',
    description: 'open connections that the target closed within the run',
    direction: 'lower',
    since: '1.1.0',
  },
  notices: { source: 'connections', description: 'NOTICE messages received', direction: 'lower' },
  replies_late: {
    source: 'replies',
    description: 'replies that came after the deadline of their operation, or after our CLOSE',
    direction: 'neutral',
    since: '1.1.0',
  },
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
  events_verbatim_id: {
    source: 'connections',
    description: 'events of that sample whose id is the hash of control characters verbatim',
    direction: 'neutral',
    since: '1.1.0',
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
