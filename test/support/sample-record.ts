import { createRandom, type Random } from '../../src/base/random.ts';
import { evaluateGates } from '../../src/gate/evaluate.ts';
import { NOTHING_ADVERTISED } from '../../src/judge/advertised.ts';
import { silentCap } from '../../src/judge/observations.ts';
import { type PerNoun, perNoun } from '../../src/metric/accounts.ts';
import { COUNTER_MAP_NAMES } from '../../src/metric/counter-maps.ts';
import { COUNTER_NAMES } from '../../src/metric/counters.ts';
import { LatencyHistogram } from '../../src/metric/histogram.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { buildRecord, type RecordInput } from '../../src/record/build.ts';
import { CEILING_KEY, NOT_CALIBRATED } from '../../src/record/caveats.ts';
import { judge, type Stopped } from '../../src/record/judge.ts';
import type { Ceiling, Counters, GateResult, IntervalRow, RunRecord } from '../../src/record/schema.ts';
import type { RunResult } from '../../src/result/run-result.ts';
import { scenarioSchema } from '../../src/scenario/schema.ts';
import { sampleFault } from './sample-fault.ts';

export const SAMPLE_NAMES = ['pass', 'fail', 'invalid', 'undecided', 'partial', 'hostile', 'broken'] as const;
export type SampleName = (typeof SAMPLE_NAMES)[number];

/** A realistic, judged run record; the same for the same name on every machine, and the caller's own. */
export function sampleRecord(name: SampleName): RunRecord {
  const record = made.get(name) ?? BUILDERS[name]();
  made.set(name, record);
  return structuredClone(record);
}

/** Making one takes a while, and hundreds of tests want the same few. */
const made = new Map<SampleName, RunRecord>();

/** Text as a malicious relay would send it: terminal control, HTML, Markdown, a mention, right-to-left override. */
export const HOSTILE_TEXT =
  '\u001b]0;owned\u0007\u001b[2J\u009b31m<script>alert(1)</script> | **bold** `tick` @everyone [x](javascript:1) \u202egnp.exe\r\n# head';

/** All counters zero and all maps empty. */
export function noCounters(): Counters {
  const zero = Object.fromEntries(COUNTER_NAMES.map((name) => [name, 0])) as Record<
    (typeof COUNTER_NAMES)[number],
    number
  >;
  const empty = Object.fromEntries(COUNTER_MAP_NAMES.map((name) => [name, {}])) as Record<
    (typeof COUNTER_MAP_NAMES)[number],
    Record<string, number>
  >;
  return { ...zero, ...empty };
}

/** A gate result with `actual` given in the gate's unit. */
export function gateResult(expression: string, actual: number | null, holds: boolean): GateResult {
  const match = /^(\S+?)(?: (p\d+|max|mean|count|rate))? (?:<=|>=|==|<|>) ([\d.]+)(\S*)$/.exec(expression);
  return {
    expression,
    metric: match?.[1] ?? '',
    aggregation: match?.[2] ?? 'ratio',
    limit: Number(match?.[3]),
    unit: match?.[4] ?? '',
    actual,
    verdict: actual === null ? 'no-data' : holds ? 'pass' : 'fail',
    ...(actual === null ? { reason: 'only 90 samples, p95 needs 200' } : {}),
  };
}

const BUILDERS: Record<SampleName, () => RunRecord> = {
  pass: () => judged(buildRecord(sampleInput())),
  fail: failing,
  invalid,
  undecided,
  partial,
  hostile,
  broken,
};

const SAMPLE_EVIDENCE: RunResult['evidence'] = {
  answers_wrong: [
    {
      atMs: 6_120,
      connection: 14,
      subscription: 'q0000002a',
      filter: { kinds: [1], limit: 20 },
      expected: [{ id: 'e1'.repeat(32), kind: 1 }],
      got: ['a', 'b', 'c', 'd'].map((digit) => ({ id: digit.repeat(64), kind: 1 })),
      reason: 'missing',
    },
  ],
  deliveries_unmatched: [1, 2, 3, 4].map((n) => ({
    atMs: 7_000 + n,
    connection: n,
    subscription: 's',
    filter: { '#t': ['a topic'] },
    expected: [],
    got: [{ id: `f${n}`.repeat(32), kind: 1 }],
  })),
};

function failing(): RunRecord {
  const counters: Counters = {
    ...goodCounters(),
    events_accepted: 1_901,
    events_rejected: { 'rate-limited': 64, blocked: 12 },
    events_timeout: 20,
    events_lost_at_close: 3,
    deliveries_received: 9_437,
    deliveries_missing: 68,
    deliveries_duplicate: 4,
    queries_completed: 994,
    queries_closed: 4,
    query_closes: { restricted: 3, error: 1 },
    queries_timeout: 2,
    notices: 7,
    connection_errors: { ECONNRESET: 1 },
    close_codes: { 1006: 1, 1008: 2 },
  };
  const result = sampleResult({
    counters: { ...counters, deliveries_expected: 9_505 },
    slowdown: 14,
    rejects: 76,
    phases: ['low', 'high'],
  });
  result.load.connections = { requested: 50, opened: 49, failed: 1, dropped: 3 };
  result.load.achieved = sumsOf({ events: 1_901, queries: 994 }, 20);
  const more = {
    noticeSamples: ['slow down'],
    notMeasured: { [CEILING_KEY]: NOT_CALIBRATED },
    findings: [silentCap(20, 31)],
    evidence: SAMPLE_EVIDENCE,
  };
  return judged(buildRecord({ ...sampleInput(), result: { ...result, ...more }, ceiling: null }));
}

/** A run whose target was broken on purpose, twice. */
function broken(): RunRecord {
  const record = judged(buildRecord(sampleInput()));
  const { reasons, errors } = sampleFault();
  const lagging = sampleFault({
    ...{
      at: 16,
      action: 'pause-replay',
      on: 'replica/1',
      parts: ['postgres-2'],
      forMs: 2_000,
      undoneMs: 2_004,
    },
    ...{
      notices: [],
      detectedMs: null,
      detectedBy: null,
      recoveredMs: 0,
      silenceMs: 50,
      reasons: {},
      errors: 0,
    },
    ...{ p99_us: { ack_latency: 9_100 }, lost: null, duplicated: 0 },
    notMeasured: { detectedMs: 'neither the stack nor a client showed a sign of it' },
  });
  const intervals = record.intervals.map((row) => (row.t === 12 ? { ...row, errors, reasons } : row));
  return { ...record, intervals, faults: [sampleFault(), lagging] };
}

function invalid(): RunRecord {
  const counters: Counters = {
    ...goodCounters(),
    events_sent: 1_789,
    events_dropped: 211,
    events_accepted: 1_789,
    deliveries_expected: 8_945,
    deliveries_received: 8_945,
    queries_sent: 895,
    queries_dropped: 105,
    queries_completed: 895,
  };
  const result = sampleResult({ counters, slowdown: 3, samples: 1_789 });
  const saturated: RunResult = {
    ...result,
    load: {
      ...result.load,
      droppedArrivals: 316,
    },
    ratios: { ...result.ratios, achieved_rate_ratio: 2_684 / 3_000 },
    generator: {
      ...result.generator,
      cpuShare: 0.99,
      eventLoopUtilization: { mean: 0.91, max: 0.98 },
      eventLoopDelay_us: { p50_us: 4_200, p99_us: 61_000, max_us: 180_000 },
      sendLag_us: { p50_us: 3_100, p99_us: 95_000, max_us: 201_000 },
      doubts: [
        {
          kind: 'generator-saturated',
          text: 'generator saturated: event-loop utilisation 0.98 in one second, limit 0.9',
        },
      ],
    },
    invalidities: [
      {
        kind: 'load-not-offered',
        text: '316 of 3000 arrivals were never written',
      },
    ],
  };
  return judged(
    buildRecord({ ...sampleInput(), result: saturated, ceiling: sampleCeiling({ share: 0.934 }) }),
  );
}

/** A generator that was late: one gate lies between both readings. */
function undecided(): RunRecord {
  const result = sampleResult({ counters: goodCounters(), slowdown: 8, lateness: 20 });
  const late: RunResult = {
    ...result,
    generator: {
      ...result.generator,
      eventLoopDelay_us: { p50_us: 200, p99_us: 12_500, max_us: 48_000 },
      sendLag_us: { p50_us: 1_900, p99_us: 41_000, max_us: 88_000 },
      doubts: [
        {
          kind: 'generator-late',
          text: 'generator late: 412 of 3000 operations were written more than 5.0 ms after their time',
        },
      ],
    },
  };
  return judgedByBounds(buildRecord({ ...sampleInput(), result: late }));
}

/** As the gates of a run do; here with those of {@link judged}. */
function judgedByBounds(record: RunRecord): RunRecord {
  const { gates } = judged(record);
  return judge(
    record,
    evaluateGates(
      record,
      gates.map(({ expression }) => expression),
    ),
    null,
  );
}

function partial(): RunRecord {
  const result = sampleResult({ counters: fewCounters(), samples: 90, slowdown: 1, intervals: 4 });
  const closed: RunResult = {
    ...result,
    durationMs: 6_004.2,
    load: {
      ...result.load,
      model: 'closed',
      measured_s: 4,
    },
    generator: { ...result.generator, steal: null, rssMax_bytes: null },
    notMeasured: { 'generator.steal': '/proc/stat can not be read on this system' },
    stopped: 'SIGINT',
  };
  const record = buildRecord({
    ...sampleInput(),
    result: closed,
    components: [],
    target: { kind: 'url', urls: ['wss://user:secret@relay.example.com/path?token=abc'], nip11: null },
    environment: { ...sampleInput().environment, sameHostAsTarget: false },
    ceiling: sampleCeiling({
      basis: 'own-utilization',
      calibratedAt: null,
      eventsPerSecond: 107,
      share: 0.21,
    }),
    caveats: ['CPU and memory of the relay were not measured: it is not on this machine'],
  });
  return judged(record, 'SIGINT');
}

function hostile(): RunRecord {
  const counters: Counters = {
    ...goodCounters(),
    events_accepted: 1_989,
    events_rejected: { [HOSTILE_TEXT]: 11 },
    connection_errors: { '<img src=x onerror=alert(1)>': 1, '"><svg onload=alert(3)>': 1 },
    close_codes: { '\u001b[31m4000': 1 },
    notices: 2,
  };
  const result = {
    ...sampleResult({ counters, slowdown: 1, rejects: 11 }),
    notMeasured: { [CEILING_KEY]: 'the calibration of 2026-10-01 is older than 30 days' },
    noticeSamples: [HOSTILE_TEXT, '<!--<script>alert(4)//', 'x'.repeat(5_000)],
  };
  const record = buildRecord({
    ...sampleInput(),
    result,
    target: {
      kind: 'url',
      urls: ['ws://127.0.0.1:7777/'],
      nip11: { name: HOSTILE_TEXT, software: '</script><script>alert(2)</script>', version: '\u202e1.0' },
    },
    ceiling: null,
    caveats: [`the relay says: ${HOSTILE_TEXT}`],
  });
  return judged(record);
}

/** Judged by gates on what the record itself holds. */
function judged(record: RunRecord, stopped: Stopped = null, more: readonly GateResult[] = []): RunRecord {
  const latencies = ['ack_latency', 'eose_latency', 'delivery_latency'].map((name) => {
    const p95_us = record.metrics[name]?.p95_us ?? null;
    return gateResult(
      `${name} p95 < 100ms`,
      p95_us === null ? null : p95_us / 1_000,
      (p95_us ?? 0) < 100_000,
    );
  });
  const ratio = (name: string, limit: number): GateResult => {
    const actual = Number(((record.ratios[name] ?? 0) * 100).toPrecision(12));
    return gateResult(`${name} >= ${limit}%`, actual, actual >= limit);
  };
  const missing = record.counters.deliveries_missing;
  const gates = [
    ...latencies,
    ratio('delivery_ratio', 99.99),
    ratio('achieved_rate_ratio', 99),
    gateResult('deliveries_missing == 0', missing, missing === 0),
    ...more,
  ];
  return judge(record, gates, stopped);
}

/** What `buildRecord` gets for the passing sample. */
export function sampleInput(): RecordInput {
  return {
    tool: { name: 'relay-bench', version: '0.1.0', node: '20.20.2' },
    runId: '6f1c1b0e-7f0c-4d0a-9a59-0d4d4e7c2b11',
    plan: samplePlan(),
    result: sampleResult({ counters: goodCounters(), slowdown: 1 }),
    target: {
      kind: 'embedded',
      urls: ['ws://127.0.0.1:40123'],
      nip11: { name: 'relay-bench reference relay', software: 'relay-bench', version: '0.1.0' },
    },
    environment: {
      cpus: 2,
      cpuModel: 'Sample CPU @ 2.40GHz',
      memoryBytes: 8_589_934_592,
      os: 'Linux',
      kernel: '6.12.0',
      limits: { openFiles: 65_536 },
      sameHostAsTarget: true,
    },
    ceiling: sampleCeiling(),
    components: [
      { name: 'relay', role: 'relay', pid: 4_242, cpu_s: 3.21, cpuShare: 0.16, rssMax_bytes: 104_857_600 },
    ],
  };
}

/** What a calibration gives for a run that publishes, queries and receives. */
export function sampleCeiling(changes: Partial<Ceiling> = {}): Ceiling {
  const mixed = changes.basis !== 'own-utilization';
  return {
    basis: 'calibration',
    calibratedAt: '2026-11-20T10:00:00.000Z',
    eventsPerSecond: 63_120,
    queriesPerSecond: mixed ? 41_300 : null,
    deliveriesPerSecond: mixed ? 1_204_000 : null,
    connectionsPerSecond: null,
    share: 0.0041,
    limit: 0.7,
    ...changes,
  };
}

function goodCounters(): Counters {
  return {
    ...noCounters(),
    events_sent: 2_000,
    events_accepted: 2_000,
    deliveries_expected: 10_000,
    deliveries_received: 10_000,
    queries_sent: 1_000,
    queries_completed: 1_000,
    query_events_received: 20_000,
    bytes_sent: 1_402_311,
    bytes_received: 14_776_102,
  };
}

function fewCounters(): Counters {
  return {
    ...noCounters(),
    events_sent: 90,
    events_accepted: 90,
    deliveries_expected: 450,
    deliveries_received: 450,
    queries_sent: 45,
    queries_completed: 45,
    query_events_received: 900,
    bytes_sent: 63_104,
    bytes_received: 664_911,
  };
}

interface ResultOptions {
  readonly counters: Counters;
  /** Factor on every latency of the target. */
  readonly slowdown: number;
  /** Factor on the lateness of every write; default 1. */
  readonly lateness?: number;
  readonly samples?: number;
  readonly rejects?: number;
  readonly intervals?: number;
  /** Names of the measured phases; with several, each latency also has one series a phase. */
  readonly phases?: readonly string[];
}

/** What an engine would return for a run of 5 s warm-up and 20 s at 100 events/s and 50 queries/s. */
export function sampleResult(options: ResultOptions): RunResult {
  const { counters, intervals = 20, phases = ['steady'] } = options;
  return {
    startedAt: '2026-11-24T07:04:12.345Z',
    durationMs: 27_310.5,
    partial: false,
    findings: [],
    evidence: {},
    remarks: [],
    corpus: { profile: 'synthetic', events: 500, fingerprint: 'sha256:0f343b0931126a20f133d67c2b018a3b' },
    load: {
      model: 'open',
      connections: { requested: 50, opened: 50, failed: 0, dropped: 0 },
      offered: offeredBy(counters, intervals),
      achieved: sumsOf({ events: counters.events_accepted, queries: counters.queries_completed }, intervals),
      droppedArrivals: 0,
      measured_s: intervals,
      phases: samplePhases(phases, intervals),
    },
    counters,
    intervals: sampleIntervals(intervals, options.slowdown),
    ratios: {
      ack_ratio: (counters.events_accepted + counters.events_duplicate) / counters.events_sent,
      query_ratio: counters.queries_completed / counters.queries_sent,
      delivery_ratio: counters.deliveries_received / counters.deliveries_expected,
      connect_ratio: 1,
      achieved_rate_ratio: 1,
    },
    noticeSamples: [],
    notMeasured: {},
    histograms: sampleHistograms(options, phases),
    generator: {
      workers: 1,
      cpuShare: 0.22,
      eventLoopUtilization: { mean: 0.21, max: 0.34 },
      eventLoopDelay_us: { p50_us: 90, p99_us: 1_250, max_us: 4_100 },
      sendLag_us: { p50_us: 110, p99_us: 1_100, max_us: 3_900 },
      rssMax_bytes: 157_286_400,
      gcPauses: {
        count: 61,
        share: 0.0024,
        longest: [
          { worker: 0, second: 14, kind: 'major', duration_us: 3_900 },
          { worker: 0, second: 11, kind: 'minor', duration_us: 1_240 },
        ],
      },
      steal: 0.001,
      doubts: [],
    },
    failures: [],
    invalidities: [],
    stopped: null,
  };
}

function samplePhases(names: readonly string[], intervals: number): RunResult['load']['phases'] {
  const length = intervals / names.length;
  const measured = names.map((name, at) => ({
    name,
    kind: 'measured' as const,
    start_s: 5 + at * length,
    end_s: 5 + (at + 1) * length,
    level: at + 1,
    offered: Math.round((3_000 / names.length) * (at + 1)),
    sent: Math.round((3_000 / names.length) * (at + 1)),
  }));
  const warmup = {
    name: 'warm-up',
    kind: 'warm-up' as const,
    start_s: 0,
    end_s: 5,
    level: 1,
    offered: 750,
    sent: 750,
  };
  return [warmup, ...measured];
}

/** What was scheduled: every arrival has one fate. */
function offeredBy(counters: Counters, seconds: number): RunRecord['load']['offered'] {
  const offered = perNoun(
    ({ sent, unsent, dropped }) => counters[sent] + counters[unsent] + counters[dropped],
  );
  return sumsOf(offered, seconds);
}

/** Operations of each sort and how many that is a second; of what is not named there are none. */
function sumsOf(numbers: Partial<PerNoun>, seconds: number): RunRecord['load']['offered'] {
  const all = { ...perNoun(() => 0), ...numbers };
  const rates = Object.entries(all).map(([noun, number]) => [`${noun}PerSecond`, number / seconds]);
  return { ...all, ...Object.fromEntries(rates) } as RunRecord['load']['offered'];
}

function sampleIntervals(count: number, slowdown: number): IntervalRow[] {
  const random = createRandom(7, 'intervals');
  return Array.from({ length: count }, (_, at) => ({
    t: 5 + at,
    phase: 'steady',
    offered: 150,
    sent: 150,
    acked: 100,
    delivered: 500,
    completed: 50,
    connections: 50,
    errors: 0,
    latencies: {
      ack_latency: intervalLatency(random, 100, 2_000 * slowdown),
      eose_latency: intervalLatency(random, 50, 1_500 * slowdown),
      delivery_latency: intervalLatency(random, 500, 3_000 * slowdown),
    },
    cpu: Math.round(200 + random.next() * 50) / 1_000,
  }));
}

function intervalLatency(random: Random, count: number, median_us: number): IntervalRow['latencies'][string] {
  const histogram = lognormalHistogram(random, count, median_us);
  const [p50_us = null, p95_us = null, p99_us = null] = [50, 95, 99].map((p) => histogram.percentile(p));
  return { count, p50_us, p95_us, p99_us, max_us: histogram.max_us };
}

function sampleHistograms(options: ResultOptions, phases: readonly string[]): RunResult['histograms'] {
  const { slowdown, lateness = 1, samples = 2_000, rejects = 0 } = options;
  const random = createRandom(42, 'sample-record');
  const result = new Map<string, LatencyHistogram>();
  const twins = (name: string, labels: string, count: number, median_us: number): void => {
    const scheduled = new LatencyHistogram();
    const service = new LatencyHistogram();
    for (let i = 0; i < count; i++) {
      const service_us = lognormal(random, median_us);
      service.record(service_us);
      scheduled.record(service_us + lognormal(random, 110 * slowdown * lateness));
    }
    result.set(`${name}${labels}`, scheduled);
    result.set(`${name}_service${labels}`, service);
  };
  twins('connect_latency', '', 50, 900);
  twins('ack_latency', '', samples, 2_000 * slowdown);
  twins('first_event_latency', '', samples / 2, 1_100 * slowdown);
  twins('eose_latency', '', samples / 2, 1_500 * slowdown);
  twins('eose_latency', '{filter=home-feed}', samples / 4, 1_800 * slowdown);
  twins('eose_latency', '{filter=profile}', samples / 4, 1_200 * slowdown);
  twins('delivery_latency', '', samples * 5, 3_000 * slowdown);
  twins('delivery_last_latency', '', samples, 4_500 * slowdown);
  twins('reject_latency', '', rejects, 1_000);
  result.set('send_lag', lognormalHistogram(random, samples * 1.5, 110 * slowdown));
  if (phases.length > 1) {
    for (const [at, phase] of phases.entries()) {
      twins('ack_latency', `{phase=${phase}}`, samples / 2, 1_000 * slowdown * (at + 1));
      twins('eose_latency', `{phase=${phase}}`, samples / 4, 800 * slowdown * (at + 1));
      twins('delivery_latency', `{phase=${phase}}`, samples * 2.5, 1_500 * slowdown * (at + 1));
    }
  }
  return result;
}

/** One draw with sigma 0.8, by Box and Muller. */
function lognormal(random: Random, median: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return median * Math.exp(0.8 * normal);
}

function lognormalHistogram(random: Random, count: number, median_us: number): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (let i = 0; i < count; i++) histogram.record(lognormal(random, median_us));
  return histogram;
}

function samplePlan(): Plan {
  const resolved = scenarioSchema.parse({
    name: 'quick',
    description: 'Publishes, queries and subscriptions on fifty connections.',
    connections: { count: 50 },
    corpus: { events: 500 },
    workloads: {
      publish: { rate: '100/s' },
      subscribe: { topics: 10 },
      query: {
        rate: '50/s',
        filters: [
          { name: 'home-feed', filter: { authors: 20, kinds: [1], limit: 20 } },
          { name: 'profile', filter: { authors: 1, kinds: [0], limit: 1 } },
        ],
      },
    },
    phases: [{ name: 'steady', duration: '20s' }],
  });
  return {
    scenario: { name: 'quick', sha256: 'a3'.repeat(32), resolved },
    seed: 1,
    targets: ['ws://127.0.0.1:40123'],
    advertised: NOTHING_ADVERTISED,
    workers: 1,
    relayProcesses: 1,
    asked: { rate_per_s: null, loadFactor: null },
    load: resolved.load,
    connections: {
      count: 50,
      rate_per_s: 500,
      timeoutMs: 10_000,
      insecure: false,
      transport: 'auto',
      pick: 'random',
      auth: 'on-demand',
      authUrl: null,
      reconnect: null,
      compression: false,
    },
    scheduler: resolved.scheduler,
    catchUp: true,
    keepSeconds: false,
    abort: null,
    verifyShare: resolved.verify,
    verifier: 'auto',
    corpus: {
      profile: 'synthetic',
      events: 500,
      authors: 100,
      topics: 10,
      notes: { kind: 1, contentBytes: 280 },
      named: null,
    },
    exhaustedNs: null,
    phases: [],
    faults: [],
    drainMs: 5_000,
    streams: [],
    opened: [],
    workloads: {},
    rounds: [],
    labels: {},
    sources: ['connections', 'publish', 'subscribe', 'query', 'replies', 'events', 'generator'],
    latencies: ['ack_latency', 'eose_latency', 'delivery_latency'],
    gates: [],
    ownGates: [],
  };
}
