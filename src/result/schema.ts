import * as z from 'zod';
import { kindsThat } from '../judge/blame.ts';
import { ACCOUNTS, type Noun } from '../metric/accounts.ts';
import type { counters } from './counters-schema.ts';

/**
 * The parts of a run record that the engine measures. They stand in a room of their own, so that the engine, which
 * fills them, and the record, which keeps them, know the same types and not each other.
 */

const whole = z.int().min(0);
const maybe = z.number().nullable();

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

/** One second of a run. */
export const interval = z.strictObject({
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
  /** Everything of this second of which less is better, by counter, or `counter{word}`; absent where nothing was. */
  reasons: z.record(z.string(), whole).optional(),
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

/** The events that a run stores and publishes. */
export const corpus = z.strictObject({
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
});

type SumsShape = { [N in Noun]: typeof whole } & { [N in Noun as `${N}PerSecond`]: z.ZodNumber };

/** Operations of each sort, and of those a second; records of before a sort was added have none of it. */
const sums = z.strictObject(
  Object.fromEntries(
    ACCOUNTS.flatMap(({ noun, since }) => [
      [noun, since === undefined ? whole : whole.default(0)],
      [`${noun}PerSecond`, since === undefined ? z.number() : z.number().default(0)],
    ]),
  ) as SumsShape,
);

/** What was offered and what became of it. */
export const load = z.strictObject({
  model: z.enum(['open', 'closed']),
  connections: z.strictObject({ requested: whole, opened: whole, failed: whole, dropped: whole }),
  /** Scheduled in the measured phases. */
  offered: sums,
  /** Acknowledged (events) and completed (queries), of those scheduled in the measured phases. */
  achieved: sums,
  /** Arrivals that were scheduled and never written. */
  droppedArrivals: whole,
  /** Seconds of the measured phases that ran. */
  measured_s: z.number(),
  phases: z.array(phase),
});

const agent = z.strictObject({
  /** Number of its part of the run. */
  shard: whole,
  name: z.string(),
  version: z.string(),
  node: z.string(),
  cpus: whole,
  memoryBytes: whole,
  /** These three when it took the shard; left out in records of earlier versions. */
  cpuModel: z.string().optional(),
  freeMemoryBytes: whole.optional(),
  /** Of the last minute, as the system counts it: processes that ran or waited, on average. */
  loadAverage: z.number().optional(),
  /** Numbers of its workers. */
  workers: z.array(whole),
  /** Of the question by which its clock was set: its instants may be wrong by half of it. */
  clockRoundTrip_us: whole,
  /** How far its clock has moved from the common one until the end; null where it did not tell. */
  clockDrift_us: maybe,
  /** How long after the common start the last of its workers began, by its clock; null where none did. */
  startedLate_us: maybe,
  /** What it has sent to the coordinator. */
  newsBytes: whole,
  newsMessages: whole,
  /** Why it was lost; null where it stayed to the end. */
  lost: z.string().nullable(),
});
export type AgentReport = z.infer<typeof agent>;

const gcPauses = z.strictObject({
  count: whole,
  /** Of the time of the worker that was held up most, 0..1. */
  share: maybe,
  /** Longest first, at most one of each second of a worker. */
  longest: z.array(
    z.strictObject({
      worker: whole,
      /** Second of the run. */
      second: whole,
      kind: z.string(),
      duration_us: z.number(),
    }),
  ),
});

const doubt = z.strictObject({ kind: z.enum(kindsThat('casts-doubt')), text: z.string() });

/** Why figures of this run may be too high; its gates are judged by bounds. */
export const doubts = z.array(doubt).default([]);

/** The generator's own state, without what is said of its ceiling. */
export const generatorHealth = {
  workers: whole,
  /** Cores that workers and the rest of the run kept to (`--pin`); left out where the system decided. */
  placement: z.strictObject({ workers: z.array(whole), others: z.array(whole) }).optional(),
  /** Highest mean CPU of one worker over the measured phases, in cores. */
  cpuShare: maybe,
  /** Highest event-loop utilisation of one worker in one second of the measured phases, 0..1, and the mean. */
  eventLoopUtilization: z.strictObject({ mean: maybe, max: maybe }),
  /** By time: how late something due at a random moment would have been. */
  eventLoopDelay_us: distribution,
  sendLag_us: distribution,
  rssMax_bytes: maybe,
  /** Pauses of the garbage collectors of the workers in the measured phases; left out in records of earlier versions. */
  gcPauses: gcPauses.optional(),
  /** The machines that carried out the run, in the order of their shards; left out where this one did. */
  agents: z.array(agent).optional(),
  /** Share of this machine's CPU time taken by the hypervisor for others in the measured phases, 0..1. */
  steal: maybe,
};

const generator = z.strictObject({ ...generatorHealth, doubts });

export type Counters = z.infer<typeof counters>;
export type IntervalRow = z.infer<typeof interval>;
export type Sums = z.infer<typeof sums>;
export type Load = z.infer<typeof load>;
export type Corpus = z.infer<typeof corpus>;
export type Generator = z.infer<typeof generator>;
