/** A number that a forecast rests on. */
export interface Assumption {
  readonly value: number;
  readonly unit: string;
  /** What it is. */
  readonly text: string;
  /** Where the value comes from. */
  readonly source: string;
}

const PERFORMANCE = 'measured: docs/performance.md';
const OURS = 'assumption';

/** Everything that a forecast rests on; each can be set with `--assume KEY=VALUE`. */
export const ASSUMPTIONS = {
  onlineShare: { value: 0.05, unit: '', text: 'users connected at the same time, as a share', source: OURS },
  session_s: { value: 600, unit: 's', text: 'length of a connection, on average', source: OURS },
  queriesOnConnect: {
    value: 6.5,
    unit: '',
    text: 'queries right after connecting',
    source: 'assumption: 5 to 8',
  },
  queryEvery_s: {
    value: 10,
    unit: 's',
    text: 'between two queries of a connection',
    source: 'assumption: 5 to 15 s',
  },
  writeEvery_s: {
    value: 210,
    unit: 's',
    text: 'between two events of a connection',
    source: 'assumption: 2 to 5 minutes',
  },
  duplicateShare: {
    value: 0.75,
    unit: '',
    text: 'of the incoming events that the relay has already',
    source: 'assumption; posts were found on 34.6 relays on average: arXiv 2402.05709',
  },
  fanOut: {
    value: 20,
    unit: '',
    text: 'online subscribers of a new event',
    source: 'assumption: 10 to 30 on average',
  },
  eventsPerAnswer: { value: 50, unit: '', text: 'stored events in an answer', source: OURS },
  eventBytes: {
    value: 1_000,
    unit: 'B',
    text: 'an event as JSON',
    source: 'BigBrotr, 208.6 million rows: content 357 B and tags 290 B on average, and what every event has',
  },
  storedBytes: {
    value: 1_920,
    unit: 'B',
    text: 'an event in Postgres with its indexes and tags',
    source: 'measured: 1,000,000 events of 851 B',
  },
  peakOverMean: {
    value: 1.5,
    unit: '',
    text: 'load of the busiest hour over the mean',
    source: 'assumption: a day of ± 50 %',
  },
  cacheHits: {
    value: 0.49,
    unit: '',
    text: 'queries that the relay answers from its cache',
    source: PERFORMANCE,
  },
  relayEvent_us: {
    value: 84,
    unit: 'µs',
    text: 'event loop of a relay for a new event',
    source: PERFORMANCE,
  },
  relayDuplicate_us: {
    value: 8.3,
    unit: 'µs',
    text: 'the same for one that it has, or that another relay tells it',
    source: PERFORMANCE,
  },
  relayDelivery_us: { value: 10.7, unit: 'µs', text: 'the same for a delivery', source: PERFORMANCE },
  relayQuery_us: {
    value: 1_550,
    unit: 'µs',
    text: 'the same for a query, at most',
    source: 'measured: docs/performance.md, generator and balancer included',
  },
  verify_us: { value: 244, unit: 'µs', text: 'a verification thread for a new event', source: PERFORMANCE },
  primaryEvent_us: { value: 118, unit: 'µs', text: 'the primary for a new event', source: PERFORMANCE },
  replicaEvent_us: { value: 36.5, unit: 'µs', text: 'a replica for a new event', source: PERFORMANCE },
  postgresQuery_us: {
    value: 3_490,
    unit: 'µs',
    text: 'Postgres for a query that no cache answers',
    source: PERFORMANCE,
  },
  redisMessage_us: {
    value: 3.2,
    unit: 'µs',
    text: 'Redis for an event told to one relay',
    source: 'measured: 105,000 messages/s to three subscribers',
  },
  balancerMessage_us: {
    value: 14.5,
    unit: 'µs',
    text: 'HAProxy for an event or a query with its answer',
    source: 'measured: HAProxy 2.6, 50 connections',
  },
  balancerDelivery_us: {
    value: 6.5,
    unit: 'µs',
    text: 'HAProxy for a delivery',
    source: 'measured: HAProxy 2.6, many messages a read',
  },
  relayConnection_B: {
    value: 8_910,
    unit: 'B',
    text: 'memory of a relay for a connection',
    source: PERFORMANCE,
  },
  connectionsPerRelay: {
    value: 10_000,
    unit: '',
    text: 'connections of one relay process, at most',
    source: PERFORMANCE,
  },
  connectionsPerBalancer: {
    value: 9_500,
    unit: '',
    text: 'connections of one HAProxy, with 20,000 open files',
    source: 'maxconn of the stack',
  },
  databaseCores: { value: 8, unit: '', text: 'cores of a database server', source: OURS },
  utilisation: { value: 0.6, unit: '', text: 'of what a part can do that it is planned for', source: OURS },
} as const satisfies Record<string, Assumption>;

export type AssumptionName = keyof typeof ASSUMPTIONS;
export type Assumed = Readonly<Record<AssumptionName, number>>;
export const ASSUMPTION_NAMES = Object.keys(ASSUMPTIONS) as readonly AssumptionName[];

/** The values with those that are set in place of the standard ones. */
export function assumed(set: Partial<Assumed> = {}): Assumed {
  const standard = ASSUMPTION_NAMES.map((name) => [name, ASSUMPTIONS[name].value] as const);
  return { ...(Object.fromEntries(standard) as Record<AssumptionName, number>), ...set };
}
