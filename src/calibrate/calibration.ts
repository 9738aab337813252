import * as z from 'zod';

/** Raised whenever the figures of an older file no longer mean the same. */
export const FORMAT_VERSION = 2;
/** Above what any machine does: a file that says more was not made by a measurement. */
const MOST_PER_S = 1e9;

const perSecond = z.number().positive().max(MOST_PER_S);
const text = z.string().max(200);

/** What must be equal for a calibration to hold: another machine, Node or version has another ceiling. */
const machine = z.strictObject({
  cpuModel: text,
  /** Cores that this program may use. */
  cpus: z.int().min(1),
  nodeMajor: z.int().min(1),
  kernel: text,
  /** Version of relay-bench. */
  version: text,
});

const events = z.strictObject({
  connections: z.int().min(1),
  /** Events signed, sent, acknowledged, matched and recorded with one second of CPU, open model, saturated. */
  perCpuSecond: perSecond,
  /** Highest rate offered at which the run was valid; null where no step was. */
  highestValid_per_s: perSecond.nullable(),
});

const sendLag = z.strictObject({
  rate_per_s: perSecond,
  p50_us: z.number().min(0).nullable(),
  p99_us: z.number().min(0).nullable(),
});

const onTime = z.strictObject({
  connections: z.int().min(1),
  workers: z.int().min(1),
  /** The highest rate that was held with 99 % of the events written within 5 ms after their time, no loop saturated in any second, or late. */
  rate_per_s: perSecond,
  /** The lowest rate at which that failed: the limit lies between the two. Null where none did. */
  failed_per_s: perSecond.nullable(),
  /** Lateness at the rate that was held. */
  p50_us: z.number().min(0),
  p99_us: z.number().min(0),
});

/** What one worker can do on this machine against the null relay, figures per second of its CPU. */
export const calibrationSchema = z.strictObject({
  formatVersion: z.literal(FORMAT_VERSION),
  calibratedAt: z.iso.datetime(),
  /** Made by `--quick`: coarser. */
  quick: z.boolean(),
  machine,
  /** Load average of the last minute when it began: above half of the cores, others disturbed it. */
  loadAverage: z.number().min(0),
  /** By number of publishing connections, ascending. */
  events: z
    .array(events)
    .min(1)
    .max(20)
    .refine(isAscending, 'must be in ascending order of their connections'),
  /** Queries answered without stored events, on 64 connections. */
  queriesPerCpuSecond: perSecond,
  /** Live events received and accounted for, 16 a segment. */
  deliveriesPerCpuSecond: perSecond,
  connectionsPerCpuSecond: perSecond,
  /** Events signed and framed with throwaway keys; contained in `events`. */
  signaturesPerCpuSecond: perSecond,
  /** By number of connections, one worker; a number at which none was on time is absent. */
  onTime: z.array(onTime).max(20),
  /** Lateness of the generator on 64 connections, by rate. */
  sendLag: z.array(sendLag).max(20),
});

export type Calibration = z.infer<typeof calibrationSchema>;
export type CalibratedMachine = Calibration['machine'];
export type EventsCeiling = Calibration['events'][number];
export type OnTime = Calibration['onTime'][number];
export type SendLag = Calibration['sendLag'][number];

function isAscending(points: readonly { connections: number }[]): boolean {
  return points.every(({ connections }, i) => connections > (points[i - 1]?.connections ?? 0));
}
