import { own } from '../base/own.ts';
import { type LatencyMetric, serviceTwin } from '../metric/catalogue.ts';
import { LatencyHistogram } from '../metric/histogram.ts';
import { QUANTILES, type QuantileName, samplesNeeded } from '../metric/summary.ts';
import type { IntervalRow, RunRecord } from '../record/schema.ts';
import { loopDelayOf } from './bounds.ts';
import type { Aggregation, Gate } from './expression.ts';
import { isUnbounded, neverEnded } from './latency.ts';
import type { Reading, Value } from './reading.ts';

/** Seconds that follow each other. */
type Window = readonly IntervalRow[];

/**
 * The worst of all windows of `over_s` seconds, one beginning at each second that was measured whole; of its bounds,
 * either is the worst of all windows. A window in which too few operations ended for a percentile, or too many never
 * did, is no data: a relay that stands still must not pass for it.
 */
export function readWindows(gate: Gate, over_s: number, record: RunRecord): Reading {
  const windows = windowsOf(measuredSeconds(gate, record), over_s);
  if (windows.length === 0) return { reason: `no ${over_s} seconds in a row were measured` };
  const found: Value[] = [];
  for (const window of windows) {
    const reading = readWindow(gate, window, record);
    if ('reason' in reading) return { reason: `${spanOf(window)}: ${reading.reason}` };
    found.push(reading);
  }
  const worst = gate.operator.startsWith('<') ? largest : smallest;
  const value = worst(found, (one) => one.value)?.value;
  if (value === undefined) return { reason: 'no window' };
  const bounds = worst(
    found.flatMap((one) => one.bounds ?? []),
    (one) => one.service_us - one.loopDelay_us,
  );
  return bounds === undefined ? { value } : { value, bounds };
}

function largest<T>(all: readonly T[], of: (one: T) => number): T | undefined {
  return all.reduce<T | undefined>(
    (best, one) => (best === undefined || of(one) > of(best) ? one : best),
    undefined,
  );
}

function smallest<T>(all: readonly T[], of: (one: T) => number): T | undefined {
  return largest(all, (one) => -of(one));
}

/** Whole seconds inside measured phases, of the gate's phase where it names one. */
function measuredSeconds({ labels }: Gate, { intervals, load }: RunRecord): IntervalRow[] {
  const phases = load.phases.filter(
    ({ kind, name }) => kind === 'measured' && (labels['phase'] ?? name) === name,
  );
  const [start, end] = [phases[0]?.start_s ?? 0, phases.at(-1)?.end_s ?? 0];
  return intervals.filter(({ t }) => t >= start && t + 1 <= end);
}

function windowsOf(rows: readonly IntervalRow[], length: number): Window[] {
  return rows.flatMap((row, at) => {
    const window = rows.slice(at, at + length);
    return window.length === length && window.at(-1)?.t === row.t + length - 1 ? [window] : [];
  });
}

function spanOf(window: Window): string {
  const start = window[0]?.t ?? 0;
  return `second ${start} to ${start + window.length}`;
}

function readWindow(gate: Gate, window: Window, record: RunRecord): Reading {
  const { metric, aggregation } = gate;
  const seconds = window.flatMap(({ latencies }) => own(latencies, metric) ?? []);
  const count = sum(seconds.map((second) => second.count));
  if (aggregation === 'count') return { value: count };
  if (aggregation === 'rate') return { value: count / window.length };
  const censored = sum(seconds.map((second) => second.censored ?? 0));
  if (count + censored === 0) return { reason: 'no samples' };
  const needed = Object.hasOwn(QUANTILES, aggregation) ? samplesNeeded(aggregation as QuantileName) : 1;
  if (count + censored < needed) return { reason: `only ${count} samples, ${aggregation} needs ${needed}` };
  if (count === 0 || isUnbounded({ censored }, aggregation)) return { reason: neverEnded(censored, count) };
  const value = figure(aggregation, seconds, censored);
  if (typeof value !== 'number') return value;
  if (serviceTwin(metric as LatencyMetric) === null) return { value };
  const service = figure(aggregation, seconds.map(serviceOf), censored);
  const service_us = typeof service === 'number' ? service : value;
  return { value, bounds: { service_us, loopDelay_us: loopDelayIn(window, aggregation, record) } };
}

type SecondOfLatency = Pick<IntervalRow['latencies'][string], 'count' | 'max_us' | 'hdr'>;

/** A second as the write saw it; as the schedule did where the run kept nothing else. */
function serviceOf({ service, ...second }: IntervalRow['latencies'][string]): SecondOfLatency {
  return service === undefined ? second : { ...service, count: second.count };
}

/** A statistic of several seconds in µs; operations that never ended stand above all that did. */
function figure(
  aggregation: Aggregation,
  seconds: readonly SecondOfLatency[],
  censored: number,
): number | { readonly reason: string } {
  if (aggregation === 'max') return Math.max(...seconds.map(({ max_us }) => max_us ?? 0));
  const merged = mergedOf(seconds);
  if (merged === null)
    return { reason: 'the run kept no histograms of its seconds; repeat it with this gate' };
  merged.censor(censored);
  const value =
    aggregation === 'mean' ? merged.mean_us : merged.percentileOfAll(QUANTILES[aggregation as QuantileName]);
  return value ?? { reason: neverEnded(censored, merged.count) };
}

/** The worst second of the window: it may be the one that broke the gate. */
function loopDelayIn(window: Window, aggregation: Aggregation, { generator }: RunRecord): number {
  return Math.max(
    ...window.map(({ loopDelay_us }) =>
      loopDelayOf(aggregation, loopDelay_us ?? generator.eventLoopDelay_us),
    ),
  );
}

/** One histogram of several seconds: percentiles of seconds can't be put together. Null where a second kept none. */
function mergedOf(seconds: readonly SecondOfLatency[]): LatencyHistogram | null {
  const merged = new LatencyHistogram();
  for (const { count, hdr } of seconds) {
    if (count === 0) continue;
    if (hdr === undefined) return null;
    merged.add(LatencyHistogram.decoded(hdr));
  }
  return merged;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
