import { own } from '../base/own.ts';
import { bucketOf } from '../metric/bucket.ts';
import { seriesKey } from '../metric/series.ts';
import { QUANTILES } from '../metric/summary.ts';
import type { RunRecord } from '../record/schema.ts';
import type { Gate, GateUnit } from './expression.ts';
import type { Reading } from './reading.ts';

const FACTOR_US: Partial<Record<GateUnit, number>> = { us: 1, ms: 1_000, s: 1_000_000 };

/**
 * A percentile is known only by its bucket (1/1,024 to 1/2,048 of its value). Where the limit lies inside that bucket, the
 * run can't tell on which side the percentile lies, and it is not called beyond the limit: the value becomes the nearest
 * one of the bucket that keeps to it. The shortest latency of the run is known exactly and no percentile lies below it.
 */
export function withinResolution(gate: Gate, reading: Reading, record: RunRecord): Reading {
  const factor_us = FACTOR_US[gate.unit];
  if ('reason' in reading || factor_us === undefined || !Object.hasOwn(QUANTILES, gate.aggregation))
    return reading;
  const limit_us = Number((gate.limit * factor_us).toPrecision(12));
  const keep = (value_us: number): number => keptValue(gate, limit_us, value_us, shortestOf(gate, record));
  const { bounds } = reading;
  const value = keep(reading.value);
  return bounds === undefined
    ? { value }
    : { value, bounds: { ...bounds, service_us: keep(bounds.service_us) } };
}

/** The value, or the nearest one of its bucket that keeps to the limit where it does not. */
function keptValue(gate: Gate, limit_us: number, value_us: number, shortest_us: number): number {
  const { low_us, high_us } = bucketOf(Math.round(value_us));
  const kept_us = nearestKept(gate, limit_us);
  const isBroken = gate.operator.startsWith('<') ? value_us > kept_us : value_us < kept_us;
  return isBroken && kept_us >= Math.max(low_us, shortest_us) && kept_us <= high_us ? kept_us : value_us;
}

/** The whole number of microseconds nearest to the limit that keeps to it. */
function nearestKept({ operator }: Gate, limit_us: number): number {
  switch (operator) {
    case '<':
      return Math.ceil(limit_us) - 1;
    case '<=':
      return Math.floor(limit_us);
    case '>':
      return Math.floor(limit_us) + 1;
    case '>=':
      return Math.ceil(limit_us);
    default:
      return Number.NaN;
  }
}

function shortestOf({ metric, labels }: Gate, { metrics }: RunRecord): number {
  return (own(metrics, seriesKey(metric, labels)) ?? own(metrics, metric))?.min_us ?? 0;
}
