// What is broken, each as a run of a scenario, and what must hold of it. Limits are those of the targets of the project on
// two cores; a case that does not hold is printed as such.

/** @typedef {import('../dist/record/schema.js').RunRecord} RunRecord */

/** Seconds around a fault that are not held against the others. */
const NEAR_S = 3;

/** @param {RunRecord} record */
function lost({ audit }) {
  return audit === null ? null : audit.lost.length;
}

/** @param {RunRecord} record @param {string} name @param {'p99_us' | 'max_us' | 'p95_us'} quantile */
function latency({ metrics }, name, quantile) {
  const value = metrics[name]?.[quantile] ?? null;
  return value === null ? null : value / 1_000;
}

/** Percentile that may rest on few samples: p99 where there is one, else the maximum, which is higher. */
const highest = (record, name) => latency(record, name, 'p99_us') ?? latency(record, name, 'max_us');

/** The highest p95 of a second that is not near a fault, ms. @param {RunRecord} record */
function p95Elsewhere({ intervals, faults, load }, name) {
  const measured = load.phases.filter(({ kind }) => kind === 'measured');
  const from = measured[0]?.start_s ?? 0;
  const to = measured.at(-1)?.end_s ?? 0;
  const isNear = (t) =>
    faults.some(({ at, forMs }) => t >= Math.floor(at) && t < at + (forMs ?? 0) / 1_000 + NEAR_S);
  const seconds = intervals.filter(({ t }) => t >= from && t + 1 <= to && !isNear(t));
  const values = seconds.flatMap(({ latencies }) => latencies[name]?.p95_us ?? []).sort((a, b) => a - b);
  // One unlucky second of a busy machine is no effect of a fault: the median second tells.
  return values.length === 0 ? null : (values[Math.floor(values.length / 2)] ?? 0) / 1_000;
}

const refused = ({ counters }) =>
  Object.values(counters.events_rejected).reduce((sum, count) => sum + count, 0);
const silence = ({ faults }) => highestOf(faults.map(({ silenceMs }) => silenceMs));
const detected = ({ faults }) => highestOf(faults.map(({ detectedMs }) => detectedMs));
const recovered = ({ faults }) => highestOf(faults.map(({ recoveredMs }) => recoveredMs));

function highestOf(values) {
  const known = values.filter((value) => value !== null);
  return known.length < values.length || known.length === 0 ? null : Math.max(...known);
}

/** Percentiles that are those of all repetitions together: a single one has few clients that come back. */
export const POOLED = {
  'clients back p99, ms': { metric: 'reconnect_latency', percent: 99 },
  'visible p99, ms': { metric: 'visibility_latency', percent: 99 },
};

/** Figures that have limits, by what the table calls them. */
export const FIGURES = {
  'noticed, ms': detected,
  'silence, ms': silence,
  'recovered, ms': recovered,
  'clients back p99, ms': (record) => highest(record, 'reconnect_latency'),
  'acknowledged lost': lost,
  refused: refused,
  unanswered: ({ counters }) => counters.events_timeout,
  'deliveries missing': ({ counters }) => counters.deliveries_missing,
  'not back': (record) => record.counters.connections_not_back ?? null,
  dropped: ({ counters }) => counters.connections_lost,
  'ack p95 elsewhere, ms': (record) => p95Elsewhere(record, 'ack_latency'),
  'eose p95 elsewhere, ms': (record) => p95Elsewhere(record, 'eose_latency'),
  'visible p99, ms': (record) => highest(record, 'visibility_latency'),
};

const fault = (at, action, on, more = {}) => ({ at, action, on, ...more });

/**
 * Each with its faults and the most that each figure may be; `measured` figures are only printed.
 * `durability` is that of the stack, `async` unless it says otherwise.
 */
export const CASES = [
  {
    name: 'relay SIGKILL',
    faults: [fault('8s', 'kill', 'relay/2')],
    most: {
      'clients back p99, ms': 500,
      'acknowledged lost': 0,
      'not back': 0,
      'ack p95 elsewhere, ms': 100,
    },
    measured: ['noticed, ms', 'silence, ms', 'recovered, ms'],
  },
  {
    name: 'relay frozen 5 s',
    faults: [fault('8s', 'freeze', 'relay/2', { for: '5s' })],
    most: { 'recovered, ms': 8_000, 'acknowledged lost': 0, 'not back': 0 },
    measured: ['noticed, ms', 'clients back p99, ms', 'unanswered'],
  },
  {
    name: 'rolling restart of all relays',
    faults: [
      fault('5s', 'drain', 'relay/1'),
      fault('13s', 'drain', 'relay/2'),
      fault('21s', 'drain', 'relay/3'),
    ],
    duration: '30s',
    most: { refused: 0, unanswered: 0, 'acknowledged lost': 0, 'deliveries missing': 0, 'not back': 0 },
    measured: ['clients back p99, ms', 'silence, ms'],
  },
  {
    name: 'Redis killed and back after 2 s',
    faults: [fault('8s', 'kill', 'pubsub', { for: '2s' })],
    most: { refused: 0, 'acknowledged lost': 0, 'deliveries missing': 0, 'silence, ms': 500 },
    measured: ['noticed, ms', 'recovered, ms'],
  },
  {
    name: 'subscribers of Redis cut',
    faults: [fault('8s', 'drop-pubsub', 'pubsub')],
    most: { refused: 0, 'acknowledged lost': 0, 'deliveries missing': 0, 'silence, ms': 500 },
    measured: ['recovered, ms'],
  },
  {
    name: 'cache master killed',
    faults: [fault('8s', 'kill', 'cache/2')],
    most: { 'eose p95 elsewhere, ms': 100, 'acknowledged lost': 0, refused: 0, 'silence, ms': 500 },
    measured: ['noticed, ms', 'recovered, ms'],
  },
  {
    name: 'primary SIGKILL, sync',
    durability: 'sync',
    faults: [fault('8s', 'kill', 'primary')],
    most: { 'silence, ms': 1_500, 'acknowledged lost': 0, refused: 0, unanswered: 0, dropped: 0 },
    measured: ['noticed, ms', 'recovered, ms'],
  },
  {
    name: 'primary SIGKILL, async',
    faults: [fault('8s', 'kill', 'primary')],
    most: { 'silence, ms': 1_500, refused: 0, unanswered: 0, dropped: 0 },
    measured: ['noticed, ms', 'recovered, ms', 'acknowledged lost'],
  },
  {
    name: 'primary frozen 12 s, sync: the old one resumes',
    durability: 'sync',
    duration: '30s',
    faults: [fault('6s', 'freeze', 'primary', { for: '12s' })],
    most: {
      'noticed, ms': 2_000,
      'silence, ms': 4_000,
      'acknowledged lost': 0,
      refused: 0,
      unanswered: 0,
      dropped: 0,
    },
    measured: ['recovered, ms'],
  },
  {
    name: 'replica SIGKILL, sync',
    durability: 'sync',
    faults: [fault('8s', 'kill', 'replica/1')],
    most: { 'silence, ms': 500, 'acknowledged lost': 0, refused: 0, unanswered: 0 },
    measured: ['noticed, ms', 'recovered, ms'],
  },
  {
    name: 'replica lagging 5 s',
    faults: [fault('8s', 'pause-replay', 'replica/1', { for: '5s' })],
    most: { 'silence, ms': 500, 'eose p95 elsewhere, ms': 100, 'acknowledged lost': 0, refused: 0 },
    measured: ['recovered, ms'],
  },
  {
    name: 'HAProxy SIGKILL',
    faults: [fault('8s', 'kill', 'haproxy')],
    most: { 'clients back p99, ms': 1_000, 'acknowledged lost': 0, 'not back': 0 },
    measured: ['silence, ms', 'recovered, ms'],
  },
  {
    name: 'database balancer SIGKILL',
    faults: [fault('8s', 'kill', 'haproxy-db')],
    most: { 'acknowledged lost': 0, refused: 0, unanswered: 0, dropped: 0 },
    measured: ['silence, ms', 'recovered, ms'],
  },
  {
    name: 'supervisor SIGKILL, then a relay',
    faults: [fault('6s', 'kill', 'supervisor'), fault('6200ms', 'kill', 'relay/2')],
    most: { refused: 0, 'acknowledged lost': 0, 'not back': 0 },
    measured: ['noticed, ms', 'clients back p99, ms', 'silence, ms'],
  },
  {
    name: 'no fault: read by id elsewhere right after writing',
    scenario: 'visibility',
    faults: [],
    most: { 'visible p99, ms': 50, refused: 0, unanswered: 0 },
    measured: [],
  },
];
