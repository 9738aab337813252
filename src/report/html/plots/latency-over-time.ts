import { own } from '../../../base/own.ts';
import { baseLatency, isOfGenerator, LATENCY_NAMES, type LatencyMetric } from '../../../metric/catalogue.ts';
import { latencyDefinition } from '../../../metric/latencies.ts';
import type { GateResult, RunRecord } from '../../../record/schema.ts';
import { latencyWords } from '../../latency-words.ts';
import { type Domain, type LimitLine, linesAbove, type Plot, type Series } from '../plot.ts';
import { domainOf } from '../scale.ts';
import { overTime, shownIntervals, timeAxis, timeBands, timeSeries } from './time.ts';

/** From the slowest to the fastest, so that the lines that matter lie on top. */
const QUANTILES = [
  ['max', 'muted'],
  ['p99', 4],
  ['p95', 2],
  ['p50', 1],
] as const;

const UNIT_US: Readonly<Record<string, number>> = { us: 1, ms: 1_000, s: 1_000_000 };

/**
 * One plot a latency with its percentiles of each second, all with the same axes so that they can be compared by
 * eye; logarithmic, because what matters is how many times slower.
 */
export function latencyOverTime(record: RunRecord): Plot[] {
  const shown = LATENCY_NAMES.filter(
    (name) => !isOfGenerator(name) && isOfLoad(name) && hasIntervals(record, name),
  );
  const domain = sharedDomain(record, shown);
  return shown.map((name) => ({
    id: `time-${name.replaceAll('_', '-')}`,
    title: `${latencyWords(name)} over time`,
    x: timeAxis(record),
    y: { label: `${name} of each second, logarithmic`, unit: 'us', log: true, domain },
    series: seriesOf(record, name),
    bands: timeBands(record),
    limits: limitsOf(record, name),
  }));
}

/** What is counted from the ramp on has most of its samples before the first second. */
function isOfLoad(name: LatencyMetric): boolean {
  return latencyDefinition(baseLatency(name)).span !== 'run';
}

function hasIntervals(record: RunRecord, name: LatencyMetric): boolean {
  const measured = shownIntervals(record).filter((interval) => (interval.latencies[name]?.count ?? 0) > 0);
  return measured.length >= MIN_SECONDS;
}

/** A line needs two points; connections that were opened before the load make only one. */
const MIN_SECONDS = 2;

function seriesOf(record: RunRecord, name: LatencyMetric): Series[] {
  return QUANTILES.map(([quantile, ink], at) => {
    const points = overTime(record, (interval) => {
      const value_us = interval.latencies[name]?.[`${quantile}_us`] ?? null;
      return value_us === null ? null : Math.max(1, value_us);
    });
    return { ...timeSeries(quantile, ink, points), under: linesAbove(QUANTILES.length, at) };
  });
}

function sharedDomain(record: RunRecord, names: readonly LatencyMetric[]): Domain {
  const values = names.flatMap((name) =>
    seriesOf(record, name).flatMap((one) => one.points.flatMap(([, y]) => (y === null ? [] : [y]))),
  );
  const highest = values.reduce((high, value) => Math.max(high, value), 0);
  const limits = names.flatMap((name) => limitsOf(record, name).map((limit) => limit.value));
  return domainOf([...values, ...limits.filter((limit) => limit <= highest * NEAR)], { log: true });
}

/** A limit within this factor of the highest value is worth its room. */
const NEAR = 3;

/** The limits of gates on this latency as a whole. */
function limitsOf(record: RunRecord, name: LatencyMetric): LimitLine[] {
  return record.gates
    .filter((gate) => gate.metric === name && !gate.expression.includes('{'))
    .flatMap(limitOf);
}

function limitOf(gate: GateResult): LimitLine[] {
  const factor_us = own(UNIT_US, gate.unit);
  if (factor_us === undefined) return [];
  return [{ value: gate.limit * factor_us, label: gate.expression.slice(gate.metric.length).trim() }];
}
