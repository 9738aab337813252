import { describe, expect, it, test } from 'vitest';
import { encodeMessage } from '../../../src/distributed/codec.ts';
import { readNews } from '../../../src/distributed/news.ts';
import type { FromWorker } from '../../../src/engine/messages.ts';
import { COUNTER_MAP_NAMES } from '../../../src/metric/counter-maps.ts';
import { COUNTER_NAMES } from '../../../src/metric/counters.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';
import { NOTHING_ASKED } from '../../../src/workload/preparation-tally.ts';

const CONNECTIONS = { opened: 1, failed: 0, dropped: 0, open: 1, firstDropNs: 5.5, lastDropNs: null };

const COUNTERS = {
  rows: [new Float64Array(COUNTER_NAMES.length)],
  words: Object.fromEntries(COUNTER_MAP_NAMES.map((name) => [name, [new Map([['blocked', 2]])]])),
};

function deltaOf(...values: readonly number[]) {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram.toDelta();
}

const INTERVAL = {
  ...{ index: 0, counters: COUNTERS, connections: CONNECTIONS },
  samples: [{ series: 0, phase: 0, delta: deltaOf(10, 20_000) }],
  censored: [{ series: 0, second: 3, count: 1 }],
  moments: [{ at: 0, answers: 1, errors: 0 }],
  health: {
    ...{ cpu_s: 0.1, utilization: 0.2, rss_bytes: 3, gaps_us: [12_000.5], inFlight: 4 },
    // Without samples its minimum is infinite.
    loopDelay_us: deltaOf(),
    gcPauses: { count: 2, total_us: 900.5, longest: { kind: 'minor', duration_us: 600.25 } },
  },
};

const PREPARED = {
  ...{ type: 'prepared', problems: [], remarks: ['told'], counters: COUNTERS },
  stored: { failed: [3], hadSome: true },
  ...{ storing: { ...NOTHING_ASKED, refused: new Map([['pow', 1]]) }, subscribing: NOTHING_ASKED },
};

const EVIDENCE = {
  ...{ atMs: 1.5, connection: 0, subscription: 'a', filter: { kinds: [1], '#t': ['x'] } },
  ...{ expected: [{ id: 'ab', kind: 1 }], got: [{ id: 'cd' }], note: 'two' },
};

const DONE = {
  ...{ type: 'done', notices: ['hello'], refusals: [{ status: 503, retryAfter: '3' }], exhaustedNs: null },
  observations: {
    evidence: { queries_incomplete: [EVIDENCE] },
    findings: [{ kind: 'silent-cap', text: 'returns less', nip: '01', count: 2 }],
  },
};

/** What arrives of a message that a worker of an agent has sent. */
function arrived(message: unknown): FromWorker {
  const news = readNews(encodeMessage({ type: 'worker', worker: 0, message }));
  if (news.type !== 'worker') throw new Error('it is no message of a worker');
  return news.message;
}

test.each([
  [{ type: 'ready' }],
  [{ type: 'connecting', counts: CONNECTIONS }],
  [{ type: 'connected', counts: CONNECTIONS, refusals: [{ status: 302, location: 'http://x/' }] }],
  [{ type: 'preparing', done: 1, total: 2, what: 'frames' }],
  [PREPARED],
  [{ type: 'started', late_us: 3 }],
  [{ type: 'interval', interval: INTERVAL }],
  [{ type: 'history', entries: Uint8Array.of(1, 2) }],
  [{ type: 'draining', pending: 3 }],
  [DONE],
  [{ type: 'failed', message: 'why' }],
])('what a worker sends arrives as it was sent: %j', (message) => {
  expect(arrived(message)).toEqual(message);
});

describe('what no worker sends is refused, with the place', () => {
  const [sample] = INTERVAL.samples;

  function intervalWith(changes: object): object {
    return { type: 'interval', interval: { ...INTERVAL, ...changes } };
  }
  function samplesWith(changes: object): object {
    const delta = { ...deltaOf(10, 20), ...changes };
    return intervalWith({ samples: [{ ...sample, delta }] });
  }

  it.each([
    ['a type that does not exist', { type: 'exec' }, /nothing of this type/],
    ['no type', {}, /nothing of this type/],
    ['text for a number', { type: 'started', late_us: '3' }, /type started is wrong at late_us/],
    ['a number below zero', { type: 'connecting', counts: { ...CONNECTIONS, opened: -1 } }, /counts\.opened/],
    ['too few counters', intervalWith({ counters: { ...COUNTERS, rows: [new Float64Array(3)] } }), /rows\.0/],
    ['no number', intervalWith({ health: { ...INTERVAL.health, cpu_s: Number.NaN } }), /health\.cpu_s/],
    ['a list for an array', samplesWith({ buckets: [1, 2] }), /samples\.0\.delta\.buckets/],
    ['half a bucket', samplesWith({ buckets: Float64Array.of(1) }), /delta\.buckets/],
    ['buckets out of order', samplesWith({ buckets: Float64Array.of(9, 1, 4, 1) }), /delta\.buckets/],
    ['a bucket twice', samplesWith({ buckets: Float64Array.of(4, 1, 4, 1) }), /delta\.buckets/],
    ['a bucket beyond the last', samplesWith({ buckets: Float64Array.of(1e6, 2) }), /delta\.buckets/],
    ['a count below zero', samplesWith({ buckets: Float64Array.of(1, -2) }), /delta\.buckets/],
    ['samples without buckets', samplesWith({ count: 7 }), /delta: counts other samples/],
    ['a finding that nobody knows', withFinding({ kind: 'x' }), /findings\.0\.kind/],
    ['words in an object', { ...PREPARED, storing: { ...NOTHING_ASKED, refused: { pow: 1 } } }, /refused/],
    ['text for bytes', { type: 'history', entries: 'AAAA' }, /entries/],
  ])('%s', (_what, message, problem) => {
    expect(() => arrived(message)).toThrow(problem);
  });

  function withFinding(changes: object): object {
    const [finding] = DONE.observations.findings;
    return { ...DONE, observations: { ...DONE.observations, findings: [{ ...finding, ...changes }] } };
  }
});

test('what a relay says may be long', () => {
  const notices = ['x'.repeat(200_000)];
  expect(arrived({ ...DONE, notices })).toMatchObject({ notices });
});
