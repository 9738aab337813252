import { own } from '../base/own.ts';
import { type LatencyMetric, serviceTwin } from '../metric/catalogue.ts';
import { seriesKey } from '../metric/series.ts';
import { type EffectiveQuantile, type QuantileName, samplesNeeded } from '../metric/summary.ts';
import type { RunRecord } from '../record/schema.ts';
import { loopDelayOf } from './bounds.ts';
import type { Aggregation, Gate } from './expression.ts';
import type { LowerBound, Reading } from './reading.ts';

type Summary = RunRecord['metrics'][string];
/** Where a percentile lies at 95 %. */
export type Interval = Pick<EffectiveQuantile, 'low_us' | 'high_us'>;

/** Percentile, maximum or mean of a latency of the whole run or of a phase, with its bounds. */
export function readLatency(gate: Gate, record: RunRecord): Reading {
  const summary = summaryOf(gate, record);
  const missing = own(record.notMeasured, keyOf(gate, record)) ?? own(record.notMeasured, gate.metric);
  if (summary === undefined && missing !== undefined) return { reason: missing };
  if (summary === undefined || summary.count + summary.censored === 0) return { reason: 'no samples' };
  const { aggregation } = gate;
  const value = figure(summary, aggregation);
  if (value !== null && !isUnbounded(summary, aggregation)) return boundedReading(gate, record, value);
  return { reason: whyNot(summary, aggregation) };
}

/** What a percentile of a latency is worth, in µs; undefined where that is not known, as of windows, phases and filters. */
export function intervalOf(gate: Gate, record: RunRecord): Interval | undefined {
  if (gate.kind !== 'latency' || gate.over_s !== undefined) return undefined;
  return summaryOf(gate, record)?.effective?.[gate.aggregation as QuantileName];
}

/** How many samples a latency has; 0 where it has no series. */
export function countOf(gate: Gate, record: RunRecord): Reading {
  const key = keyOf(gate, record);
  const summary = own(record.metrics, key);
  const missing = own(record.notMeasured, key) ?? own(record.notMeasured, gate.metric);
  return summary === undefined && missing !== undefined
    ? { reason: missing }
    : { value: summary?.count ?? 0 };
}

/** What never ended has no longest and no mean: both are beyond any number. */
export function isUnbounded({ censored = 0 }: { censored?: number | undefined }, of: Aggregation): boolean {
  return censored > 0 && (of === 'max' || of === 'mean');
}

export function neverEnded(censored: number, count: number): string {
  return `${censored} of ${count + censored} operations never ended`;
}

function boundedReading(gate: Gate, record: RunRecord, value: number): Reading {
  const metric = serviceTwin(gate.metric as LatencyMetric);
  if (metric === null) return { value };
  const service = summaryOf({ ...gate, metric }, record);
  const bounds: LowerBound = {
    service_us: (service && figure(service, gate.aggregation)) ?? value,
    loopDelay_us: loopDelayOf(gate.aggregation, loopDelayIn(gate, record)),
  };
  return { value, bounds };
}

function loopDelayIn(
  { labels }: Gate,
  { load, generator }: RunRecord,
): RunRecord['generator']['eventLoopDelay_us'] {
  const phase = load.phases.find(({ name }) => name === labels['phase']);
  return phase?.loopDelay_us ?? generator.eventLoopDelay_us;
}

function figure(summary: Summary, aggregation: Aggregation): number | null {
  return summary[`${aggregation as QuantileName | 'max' | 'mean'}_us`];
}

function whyNot({ count, censored }: Summary, aggregation: Aggregation): string {
  if (aggregation === 'max' || aggregation === 'mean') return neverEnded(censored, count);
  const needed = samplesNeeded(aggregation as QuantileName);
  if (count + censored >= needed) return neverEnded(censored, count);
  return `only ${count} ${count === 1 ? 'sample' : 'samples'}, ${aggregation} needs ${needed}`;
}

function summaryOf(gate: Gate, record: RunRecord): Summary | undefined {
  return own(record.metrics, keyOf(gate, record));
}

/** A run with a single measured phase keeps no series of its own for that phase: it is the whole. */
function keyOf(gate: Gate, record: RunRecord): string {
  const { phase, ...others } = gate.labels;
  const measured = record.load.phases.filter(({ kind }) => kind === 'measured');
  const isWhole = phase !== undefined && measured.length === 1 && measured[0]?.name === phase;
  return seriesKey(gate.metric, isWhole ? others : gate.labels);
}
