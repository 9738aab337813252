import * as z from 'zod';
import { kindsThat, REASON_KINDS } from '../judge/blame.ts';
import { QUANTILE_NAMES } from '../metric/summary.ts';
import { counters } from './counters-schema.ts';
import { evidence, finding } from './observed-schema.ts';

/** Version of the format of `run.json`. Additions raise the minor number, anything else the major one. */
export const SCHEMA_VERSION = '1.1.0';

const whole = z.int().min(0);
const maybe = z.number().nullable();

const latencySummary = z.strictObject({
  count: whole,
  min_us: maybe,
  mean_us: maybe,
  stdev_us: maybe,
  p50_us: maybe,
  p75_us: maybe,
  p90_us: maybe,
  p95_us: maybe,
  p99_us: maybe,
  p999_us: maybe,
  max_us: maybe,
  lowConfidence: z.array(z.enum(QUANTILE_NAMES)),
  clamped: whole,
  /** Operations that never ended: percentiles count them above all samples. */
  censored: whole,
  /** What percentiles are worth by the seconds of the run: samples, and the interval at 95 %, open where null. */
  effective: z
    .partialRecord(
      z.enum(QUANTILE_NAMES),
      z.strictObject({ samples: z.number(), low_us: z.number(), high_us: maybe }),
    )
    .optional(),
  hdr: z.string(),
});

/** Latencies of one second, from merged histograms of all workers. */
const intervalLatency = z.strictObject({
  count: whole,
  p50_us: maybe,
  p95_us: maybe,
  p99_us: maybe,
  max_us: maybe,
  /** The histogram of this second, where a gate over windows needs it. */
  hdr: z.string().optional(),
  /** Operations that were given up in this second; absent where none was. */
  censored: whole.optional(),
  /** The same second from the write, where the latency has such a twin. */
  service: z.strictObject({ max_us: maybe, hdr: z.string().optional() }).optional(),
});

const interval = z.strictObject({
  /** Start of the second, in seconds after the start of the load. */
  t: z.number(),
  phase: z.string(),
  /** Operations scheduled in this second. */
  offered: whole,
  /** Operations written in this second. */
  sent: whole,
  /** Events acknowledged with OK true in this second. */
  acked: whole,
  /** Deliveries received in this second. */
  delivered: whole,
  /** Queries completed in this second. */
  completed: whole,
  /** Open connections at the end of this second. */
  connections: whole,
  errors: whole,
  latencies: z.record(z.string(), intervalLatency),
  /** CPU of all generator workers in this second, in cores. */
  cpu: maybe,
  /** How late the event loops of the generator were in this second, by time. */
  loopDelay_us: z.strictObject({ p99_us: maybe, max_us: maybe }).optional(),
});

/** A quantity of the generator's own health that is not a latency of the target. */
const distribution = z.strictObject({ p50_us: maybe, p99_us: maybe, max_us: maybe });

const phase = z.strictObject({
  name: z.string(),
  kind: z.enum(['warm-up', 'measured']),
  start_s: z.number(),
  end_s: z.number(),
  level: z.number(),
  offered: whole,
  /** Operations planned for each second of it; left out where replies set the pace. */
  offeredPerSecond: z.number().optional(),
  sent: whole,
  /** How late the event loops of the generator were in this phase, by time. */
  loopDelay_us: distribution.optional(),
});

const gate = z.strictObject({
  expression: z.string(),
  metric: z.string(),
  aggregation: z.string(),
  limit: z.number(),
  /** Of `limit`, `actual`, `margin` and `close`: a time unit, `%`, or empty for ratios (0..1) and counts. */
  unit: z.string(),
  actual: maybe,
  /** Of a latency: the same figure from the write, in `unit`; the target's own part lies between both. */
  actualService: maybe.optional(),
  /** How far `actual` lies on the good side of `limit` (negative: on the bad side); filled in by `judge`. */
  margin: maybe.optional(),
  /** Of a latency whose limit lies in the interval of the percentile (95 %): that interval, open above where null. */
  close: z.strictObject({ low: z.number(), high: maybe }).optional(),
  /** `undecided`: holds or not by how late the generator was. */
  verdict: z.enum(['pass', 'fail', 'undecided', 'no-data']),
  /** Why there is no data, or why the gate is undecided. */
  reason: z.string().optional(),
});

/** How near the generator came to what it can do on its machine. */
const ceiling = z.strictObject({
  /** `calibration`: by `relay-bench calibrate`; `own-utilization`: by how busy the workers were (closed model). */
  basis: z.enum(['calibration', 'own-utilization']),
  calibratedAt: z.iso.datetime().nullable(),
  /** What one worker can do in a second, of that alone; null for what the run did not do. */
  eventsPerSecond: maybe,
  queriesPerSecond: maybe,
  /** Events received, live or stored. */
  deliveriesPerSecond: maybe,
  connectionsPerSecond: maybe,
  /** Part of the ceiling that the run took in its busiest phase, 0..1; above 1 the ceiling was too low. */
  share: z.number().min(0),
  /** The run is invalid above it. */
  limit: z.number(),
});

const failure = z.strictObject({ kind: z.enum(kindsThat('fails', 'explains')), text: z.string() });
const doubt = z.strictObject({ kind: z.enum(kindsThat('casts-doubt')), text: z.string() });

const componentSample = z.strictObject({
  /** Seconds after the measured phases began. */
  t: z.number(),
  /** Cores in use since the sample before. */
  cpuShare: maybe,
  rss_bytes: maybe,
  /** As read then, those that only grow (`…_total`) since the process started; null where it did not answer. */
  figures: z.record(z.string(), z.number()).nullable(),
});

const component = z.strictObject({
  name: z.string(),
  role: z.string(),
  pid: whole.nullable(),
  /** CPU seconds used between start and end of the measured phases. */
  cpu_s: maybe,
  /** Mean cores over the measured phases. */
  cpuShare: maybe,
  rssMax_bytes: maybe,
  /** Of a stack: how much its growing figures (`…_total`) grew, the highest sample of the others (`…_max`). */
  figures: z.record(z.string(), z.number()).optional(),
  /** Of a stack: one a second, thinned out in long runs. */
  samples: z.array(componentSample).optional(),
});

/** The one schema of `run.json`; validated on every read and before every write. */
export const runRecordSchema = z.strictObject({
  schemaVersion: z.string().regex(/^\d+\.\d+\.\d+$/),
  tool: z.strictObject({ name: z.string(), version: z.string(), node: z.string() }),
  runId: z.string(),
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  partial: z.boolean(),
  scenario: z.strictObject({
    name: z.string(),
    sha256: z.string(),
    resolved: z.record(z.string(), z.unknown()),
  }),
  seed: z.int(),
  corpus: z.strictObject({
    profile: z.string(),
    events: whole,
    /** Of a named corpus: SHA-256 over its ids. */
    fingerprint: z.string(),
    /** Whether it is dated by the clock, so that it can't be made a second time. */
    fresh: z.boolean().optional(),
    /** Events that were stored before the load. */
    stored: whole.optional(),
    /** Of those the ones that the relay had already. */
    storedBefore: whole.optional(),
    /** What is published is new for each text. */
    salt: z.string().optional(),
    /** Leading zero bits that the events were mined for (NIP-13). */
    work: whole.optional(),
    /** `created_at` of the newest event that was prepared. */
    endsAt: z.iso.datetime().optional(),
    /** Seconds before that over which the events are spread. */
    span_s: whole.optional(),
  }),
  target: z.strictObject({
    kind: z.enum(['embedded', 'url', 'stack']),
    /** Userinfo and query are masked. */
    urls: z.array(z.string()).min(1),
    nip11: z.record(z.string(), z.unknown()).nullable(),
    /** Relay processes behind the addresses, where that is known. */
    relayProcesses: whole.optional(),
  }),
  environment: z.strictObject({
    cpus: whole,
    cpuModel: z.string(),
    memoryBytes: whole,
    os: z.string(),
    kernel: z.string(),
    limits: z.strictObject({ openFiles: whole.nullable() }),
    sameHostAsTarget: z.boolean(),
  }),
  load: z.strictObject({
    model: z.enum(['open', 'closed']),
    connections: z.strictObject({ requested: whole, opened: whole, failed: whole, dropped: whole }),
    /** Scheduled in the measured phases. */
    offered: z.strictObject({
      events: whole,
      eventsPerSecond: z.number(),
      queries: whole,
      queriesPerSecond: z.number(),
    }),
    /** Acknowledged (events) and completed (queries), of those scheduled in the measured phases. */
    achieved: z.strictObject({
      events: whole,
      eventsPerSecond: z.number(),
      queries: whole,
      queriesPerSecond: z.number(),
    }),
    /** Arrivals that were scheduled and never written. */
    droppedArrivals: whole,
    /** Seconds of the measured phases that ran. */
    measured_s: z.number(),
    phases: z.array(phase),
  }),
  /** Key: `name` or `name{label=value}`. Null with a reason in `notMeasured` where a number could not be had. */
  metrics: z.record(z.string(), latencySummary),
  notMeasured: z.record(z.string(), z.string()),
  ratios: z.record(z.string(), z.number().nullable()),
  counters,
  intervals: z.array(interval),
  generator: z.strictObject({
    workers: whole,
    /** Highest mean CPU of one worker over the measured phases, in cores. */
    cpuShare: maybe,
    /** Highest event-loop utilisation of one worker in one second of the measured phases, 0..1, and the mean. */
    eventLoopUtilization: z.strictObject({ mean: maybe, max: maybe }),
    /** By time: how late something due at a random moment would have been. */
    eventLoopDelay_us: distribution,
    sendLag_us: distribution,
    rssMax_bytes: maybe,
    /** Share of this machine's CPU time taken by the hypervisor for others in the measured phases, 0..1. */
    steal: maybe,
    ceiling: ceiling.nullable(),
    /** Why figures of this run may be too high; its gates are judged by bounds. */
    doubts: z.array(doubt).default([]),
  }),
  components: z.array(component),
  faults: z.array(z.record(z.string(), z.unknown())),
  audit: z
    .strictObject({
      acknowledged: whole,
      /** Of them, those that every relay process has. */
      found: whole,
      /** Ids of the others, at most a thousand. */
      lost: z.array(z.string()),
      /** Relay processes that were asked. */
      relays: whole.optional(),
    })
    .nullable(),
  gates: z.array(gate),
  /** Texts of relay notices, a bounded sample, as received (escape before display). */
  noticeSamples: z.array(z.string()),
  /** What the relay does that its users should know and that is no fault; the first records have none. */
  findings: z.array(finding).default([]),
  /** By counter, the first twenty cases of each that is held against the relay. */
  evidence: z.record(z.string(), z.array(evidence)).default({}),
  caveats: z.array(z.string()),
  /** What the target did that fails the run whatever its gates say, or explains why they fail. */
  failures: z.array(failure).default([]),
  validity: z.strictObject({
    verdict: z.enum(['valid', 'invalid']),
    reasons: z.array(z.string()),
    /** Whose doing each reason is, in the same order; records before 1.1.0 do not say. */
    owners: z.array(z.enum(['generator', 'machine'])).default([]),
    /** What each reason is, in the same order; records before 1.1.0 do not say. */
    kinds: z.array(z.enum(REASON_KINDS)).default([]),
  }),
  verdict: z.enum(['pass', 'fail', 'invalid']),
  exitCode: whole,
});

export type RunRecord = z.infer<typeof runRecordSchema>;
export type Ceiling = z.infer<typeof ceiling>;
export type IntervalRow = RunRecord['intervals'][number];
export type GateResult = RunRecord['gates'][number];
export type Counters = RunRecord['counters'];
export type ComponentUsage = RunRecord['components'][number];
