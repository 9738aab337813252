import { own } from '../base/own.ts';
import { LatencyHistogram } from '../metric/histogram.ts';
import { QUANTILES, type QuantileName, samplesNeeded } from '../metric/summary.ts';
import type { IntervalRow, RunRecord } from '../record/schema.ts';
import type { Gate } from './expression.ts';
import type { Reading } from './reading.ts';

/** Seconds that follow each other. */
type Window = readonly IntervalRow[];

/**
 * The worst of all windows of `over_s` seconds, one beginning at each second that was measured whole. A window in which
 * too few operations ended for a percentile is no data: a relay that stands still must not pass for it.
 */
export function readWindows(gate: Gate, over_s: number, record: RunRecord): Reading {
  const windows = windowsOf(measuredSeconds(gate, record), over_s);
  if (windows.length === 0) return { reason: `no ${over_s} seconds in a row were measured` };
  const isUpperBound = gate.operator.startsWith('<');
  let worst: number | null = null;
  for (const window of windows) {
    const found = readWindow(gate, window);
    if ('reason' in found) return { reason: `${spanOf(window)}: ${found.reason}` };
    const isWorse = worst === null || (isUpperBound ? found.value > worst : found.value < worst);
    if (isWorse) worst = found.value;
  }
  return worst === null ? { reason: 'no window' } : { value: worst };
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

function readWindow({ metric, aggregation }: Gate, window: Window): Reading {
  const seconds = window.flatMap(({ latencies }) => own(latencies, metric) ?? []);
  const count = seconds.reduce((sum, second) => sum + second.count, 0);
  if (aggregation === 'count') return { value: count };
  if (aggregation === 'rate') return { value: count / window.length };
  if (count === 0) return { reason: 'no samples' };
  if (aggregation === 'max') return { value: Math.max(...seconds.map(({ max_us }) => max_us ?? 0)) };
  const merged = mergedOf(seconds);
  if (merged === null) {
    return { reason: 'the run kept no histograms of its seconds; carry it out with this gate' };
  }
  if (aggregation === 'mean') return valueOr(merged.mean_us);
  const name = aggregation as QuantileName;
  const needed = samplesNeeded(name);
  if (count < needed) return { reason: `only ${count} samples, ${name} needs ${needed}` };
  return valueOr(merged.percentile(QUANTILES[name]));
}

function valueOr(value: number | null): Reading {
  return value === null ? { reason: 'no samples' } : { value };
}

/** One histogram of several seconds: percentiles of seconds can't be put together. Null where a second kept none. */
function mergedOf(seconds: readonly IntervalRow['latencies'][string][]): LatencyHistogram | null {
  const merged = new LatencyHistogram();
  for (const { count, hdr } of seconds) {
    if (count === 0) continue;
    if (hdr === undefined) return null;
    merged.add(LatencyHistogram.decoded(hdr));
  }
  return merged;
}
