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
  const { low_us, high_us } = bucketOf(Math.round(reading.value));
  const least_us = Math.max(low_us, shortestOf(gate, record));
  const limit_us = Number((gate.limit * factor_us).toPrecision(12));
  const kept_us = nearestKept(gate, limit_us);
  const isBroken = gate.operator.startsWith('<') ? reading.value > kept_us : reading.value < kept_us;
  return isBroken && kept_us >= least_us && kept_us <= high_us ? { ...reading, value: kept_us } : reading;
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
