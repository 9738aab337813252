import { own } from '../base/own.ts';
import { quantileOf } from '../compare/distribution.ts';
import { LatencyHistogram } from '../metric/histogram.ts';
import { QUANTILES, type QuantileName, samplesNeeded } from '../metric/summary.ts';
import type { RunRecord } from '../record/schema.ts';

/** A figure of one part with what it is worth; null where there is none, with the reason. */
export interface Reading {
  readonly value: number | null;
  /** Where it lies at 95 %, or the range of what was measured; null where nothing bounds it on that side. */
  readonly low: number | null;
  readonly high: number | null;
  /** Why there is no value; null where there is one. */
  readonly reason: string | null;
}

/** What a reading may need to know besides the record. */
export interface ReadingContext {
  /** Whether the relay was started again with its events on disk before this part. */
  readonly restarted: boolean;
}

export type ReadRecord = (record: RunRecord, context: ReadingContext) => Reading;

/** No value, and why. */
export function nothing(reason: string): Reading {
  return { value: null, low: null, high: null, reason };
}

/** A value that was measured once: nothing says how well it is known. */
function once(value: number): Reading {
  return { value, low: null, high: null, reason: null };
}

/** A percentile of a latency, µs, with its interval: by the seconds of the run where the record has them. */
export function percentileOf(series: string, name: QuantileName): ReadRecord {
  return ({ metrics }) => {
    const summary = own(metrics, series);
    if (summary === undefined) return nothing('nothing was answered');
    const value = summary[`${name}_us`];
    if (value === null) {
      const samples = summary.count + summary.censored;
      const needed = samplesNeeded(name);
      return nothing(
        samples < needed
          ? `${samples} samples, ${name} needs ${needed}`
          : `${summary.censored} of ${samples} were never answered`,
      );
    }
    const found =
      summary.effective?.[name] ?? quantileOf(LatencyHistogram.fromSummary(summary), QUANTILES[name]);
    return { value, low: found?.low_us ?? null, high: found?.high_us ?? null, reason: null };
  };
}

/** Two-sided 95 % of Student's distribution for 1, 2, … degrees of freedom; beyond them the normal one. */
const STUDENT = [12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179];
const NORMAL = 1.96;

/** Events acknowledged a second: the mean of the measured seconds, its interval from how they differ. */
export const acknowledgedRate: ReadRecord = ({ metrics, load, intervals }) => {
  const count = own(metrics, 'ack_latency')?.count ?? 0;
  if (count === 0 || load.measured_s <= 0) return nothing('nothing was acknowledged');
  const value = count / load.measured_s;
  const measured = new Set(load.phases.filter(({ kind }) => kind === 'measured').map(({ name }) => name));
  // The last second may have been cut short.
  const seconds = intervals.filter(({ phase }) => measured.has(phase)).slice(0, Math.floor(load.measured_s));
  const spread = reachOf(seconds.map(({ acked }) => acked));
  return {
    value,
    low: spread === null ? null : Math.max(0, value - spread),
    high: spread === null ? null : value + spread,
    reason: null,
  };
};

/** How far the mean of values reaches at 95 %; null of fewer than three. */
function reachOf(values: readonly number[]): number | null {
  if (values.length < 3) return null;
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1);
  return (STUDENT[values.length - 2] ?? NORMAL) * Math.sqrt(variance / values.length);
}

/**
 * Bytes of memory that a connection takes which does nothing: how much more the relay has after all were opened than before,
 * over their number; low and high from the least and the most that it had while they were idle.
 * @param idlePhase the phase in which nothing happens
 */
export function memoryOfConnection(idlePhase: string): ReadRecord {
  return ({ components, load, metrics }) => {
    const opened = own(metrics, 'connect_latency')?.count ?? 0;
    const idle = load.phases.find(({ name }) => name === idlePhase);
    const first = load.phases.find(({ kind }) => kind === 'measured');
    if (idle === undefined || first === undefined || opened < 1) return nothing('no connection was opened');
    if (components.length === 0)
      return nothing('the memory of the relay is not known: start it with NAME=COMMAND');
    const from = idle.start_s - first.start_s;
    const sums = memoryBySample(components);
    const [before] = sums;
    const after = sums.filter(({ t }) => t > from).map(({ bytes }) => bytes);
    if (before === undefined || after.length === 0)
      return nothing('the memory of the relay could not be read');
    const each = (bytes: number): number => Math.max(0, bytes - before.bytes) / opened;
    const sorted = after.toSorted((a, b) => a - b);
    const median = sorted[sorted.length >> 1] ?? 0;
    return {
      value: each(median),
      low: each(sorted[0] ?? 0),
      high: each(sorted.at(-1) ?? 0),
      reason: null,
    };
  };
}

/** The memory of all components together, sample by sample; samples that one of them lacks are left out. */
function memoryBySample(components: RunRecord['components']): { t: number; bytes: number }[] {
  const [lead, ...others] = components.map(({ samples = [] }) => samples);
  return (lead ?? []).flatMap((sample, at) => {
    const all = [sample, ...others.map((samples) => samples[at])].map((one) => one?.rss_bytes ?? null);
    if (all.some((one) => one === null)) return [];
    return [{ t: sample.t, bytes: all.reduce((sum: number, one) => sum + (one ?? 0), 0) }];
  });
}

/** From the start of a relay that has its events on disk until a WebSocket opens, µs; measured once. */
export const restartTime: ReadRecord = ({ target }, { restarted }) => {
  const ready = target.relays?.[0]?.readyMs ?? null;
  if (!restarted) return nothing(NOT_RESTARTED);
  return ready === null ? nothing('it was not measured') : once(ready * 1_000);
};

/** What the data of a relay takes on disk, bytes; measured once. */
export const dataSize: ReadRecord = ({ target }, { restarted }) => {
  const bytes = target.relays?.[0]?.dataBytes ?? null;
  if (!restarted) return nothing(NOT_RESTARTED);
  return bytes === null ? nothing('its directory could not be read') : once(bytes);
};

const NOT_RESTARTED = 'only a relay that a command with {dir} starts has data that outlives it';
