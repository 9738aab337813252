import * as z from 'zod';
import { kindsThat, REASON_KINDS } from '../judge/blame.ts';
import { QUANTILE_NAMES } from '../metric/summary.ts';
import { counters } from '../result/counters-schema.ts';
import { evidence, finding } from '../result/observed-schema.ts';
import { corpus, doubts, generatorHealth, interval, load } from '../result/schema.ts';
import { audit } from './audit-schema.ts';
import { faultEntry } from './faults/fault-schema.ts';
import { regions } from './regions-schema.ts';
import { relayMetrics } from './relay-metrics-schema.ts';
import { verifierInUse } from './verifier-schema.ts';

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

/** A gate with what came of it. */
export const gateSchema = z.strictObject({
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
  /** Of a drift: where it lies at 95 %, in `unit`; open on a side where null. */
  interval: z.strictObject({ low: maybe, high: maybe }).optional(),
  /** Of a drift: what drifts most, such as `rss of relay`. */
  about: z.string().optional(),
  /** `undecided`: holds or not by how late the generator was. */
  verdict: z.enum(['pass', 'fail', 'undecided', 'no-data']),
  /** Why there is no data, or why the gate is undecided. */
  reason: z.string().optional(),
  /** Of the scenario file or the command line, not a default gate; older records do not say. */
  own: z.boolean().optional(),
});

/** What took the cores of the machine in the measured phases besides the run itself. */
const others = z.strictObject({
  /** Of the last minute, when the measured phases ended. */
  loadAverage: z.number().min(0),
  /** Mean cores that other programs used. */
  cores: z.number().min(0),
  /** The busiest of them, processes of one name together. */
  programs: z.array(z.strictObject({ name: z.string(), cores: z.number().min(0) })),
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

const componentSample = z.strictObject({
  /** Seconds after the measured phases began. */
  t: z.number(),
  /** Cores in use since the sample before. */
  cpuShare: maybe,
  rss_bytes: maybe,
  /** Open files and sockets; left out of older records, and where they could not be read. */
  descriptors: whole.nullable().optional(),
  /** Part of the periods of its CPU quota in which it had used it up, since the sample before; left out without a quota. */
  throttled: z.number().min(0).max(1).optional(),
  /** As read then, those that only grow (`…_total`) since the process started; null where it did not answer. */
  figures: z.record(z.string(), z.number()).nullable(),
});

/** A relay that the command line gives a name. */
const namedRelay = z.strictObject({
  name: z.string(),
  /** Masked as in `urls`. */
  url: z.string(),
  /** What started it for this run, without its secrets; null where it ran already. */
  command: z.string().nullable(),
  /** File beside run.json that has what it wrote. */
  log: z.string().nullable(),
  /** From the last start of the command until a WebSocket opened. */
  readyMs: whole.nullable(),
  /** What its directory (`{dir}`) took on disk when the load had ended; null where it has none, or it can't be read. */
  dataBytes: whole.nullable(),
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
  /** Cores that its control group (cgroup) let it use; left out where it had no quota. */
  cpuQuota: z.number().positive().optional(),
  /** Of a stack or a started relay: how much its growing figures (`…_total`) grew, the highest sample of the others (`…_max`). */
  figures: z.record(z.string(), z.number()).optional(),
  /** One a second, thinned out in long runs; records before 1.1.0 have them of stacks alone. */
  samples: z.array(componentSample).optional(),
});

const drift = z.strictObject({
  /** Such as `ack_latency p95`, `rss` or `descriptors`. */
  of: z.string(),
  /** The process, where it belongs to one. */
  component: z.string().optional(),
  /** In the middle of the time by the trend: µs, bytes, or how many. */
  level: z.number(),
  perHour: z.number(),
  /** At 95 %; open on a side where null. */
  low: maybe,
  high: maybe,
  /** Seconds from the first value to the last. */
  span_s: z.number(),
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
  corpus,
  target: z.strictObject({
    kind: z.enum(['embedded', 'url', 'stack']),
    /** Userinfo and query are masked. */
    urls: z.array(z.string()).min(1),
    nip11: z.record(z.string(), z.unknown()).nullable(),
    /** Relay processes behind the addresses, where that is known. */
    relayProcesses: whole.optional(),
    /** Those that the command line gives a name; left out where it gives none. */
    relays: z.array(namedRelay).optional(),
  }),
  environment: z.strictObject({
    cpus: whole,
    cpuModel: z.string(),
    memoryBytes: whole,
    os: z.string(),
    kernel: z.string(),
    limits: z.strictObject({ openFiles: whole.nullable() }),
    sameHostAsTarget: z.boolean(),
    /** Absent where it could not be read (no /proc), and in older records. */
    others: others.optional(),
  }),
  load,
  /** Key: `name` or `name{label=value}`. Null with a reason in `notMeasured` where a number could not be had. */
  metrics: z.record(z.string(), latencySummary),
  notMeasured: z.record(z.string(), z.string()),
  ratios: z.record(z.string(), z.number().nullable()),
  counters,
  intervals: z.array(interval),
  generator: z.strictObject({
    ...generatorHealth,
    ceiling: ceiling.nullable(),
    doubts,
    /** What checked the signatures of received events; left out where nothing did, and in older records. */
    verifier: verifierInUse.optional(),
  }),
  components: z.array(component),
  /** Clients in several regions before one origin; left out where there are none. */
  regions: regions.optional(),
  /** What relays said of themselves at the addresses of `--relay-metrics`; left out where nobody was asked. */
  relayMetrics: z.array(relayMetrics).optional(),
  faults: z.array(faultEntry),
  audit: audit.nullable(),
  /** What `--clean-up` has deleted at the relays; null or left out where nobody asked for it. */
  cleanUp: z
    .strictObject({
      /** Events of the run that were there, and of them those that are gone. */
      found: whole,
      deleted: whole,
      /** Deletion requests (NIP-09) that were taken, and those that were refused by the word of the OK. */
      requests: whole,
      refused: z.record(z.string(), whole),
      /** What kept it from its end. */
      problems: z.array(z.string()),
    })
    .nullable()
    .optional(),
  /** What the run met where the relay answers with `rate-limited:`; left out where it does not. */
  rateLimiter: z
    .strictObject({
      /** Such as `events`. */
      what: z.string(),
      /** Refused so, and all that were sent. */
      refused: whole,
      sent: whole,
      /** Whether it told so by NOTICE and left unanswered what it refused; left out where it answered with `rate-limited:`. */
      byNotice: z.literal(true).optional(),
      /** What it lets through a second, the median of the seconds in which it refused; null where no second tells. */
      from_per_s: maybe,
    })
    .optional(),
  /** How what was measured second by second changed, of runs that are long enough to tell; shares of the level an hour. */
  drift: z.array(drift).optional(),
  gates: z.array(gateSchema),
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
export type RelayMetricsEntry = NonNullable<RunRecord['relayMetrics']>[number];
