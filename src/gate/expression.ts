import type { MetricKind } from '../metric/catalogue.ts';
import { DRIFT_AGGREGATIONS } from '../metric/drifts.ts';
import { type Labels, seriesKey } from '../metric/series.ts';
import { QUANTILE_NAMES, type QuantileName } from '../metric/summary.ts';

/** What of a metric is compared. */
export type Aggregation = QuantileName | 'max' | 'mean' | 'count' | 'rate' | 'ratio';
export type Operator = '<' | '<=' | '>' | '>=' | '==' | '!=';
/** Of the limit; empty for counts and for ratios written as 0..1. */
export type GateUnit = 'us' | 'ms' | 's' | '%' | '%/h' | '/s' | '';

/** A gate, checked against the metric catalogue. */
export interface Gate {
  readonly metric: string;
  readonly kind: MetricKind;
  readonly labels: Labels;
  /** `ratio` for ratios, `count` for the value of a counter; neither is written. */
  readonly aggregation: Aggregation;
  readonly operator: Operator;
  /** In `unit`. */
  readonly limit: number;
  readonly unit: GateUnit;
  /** Length of the windows in whole seconds, in every one of which the gate must hold; undefined for the whole run. */
  readonly over_s?: number;
}

/** Aggregations that may be written, for each kind of metric. */
export const AGGREGATIONS: Readonly<Record<MetricKind, readonly Aggregation[]>> = {
  latency: [...QUANTILE_NAMES, 'max', 'mean', 'count', 'rate'],
  ratio: [],
  counter: ['count', 'rate'],
  'counter-map': ['count', 'rate'],
  audit: ['count'],
  drift: DRIFT_AGGREGATIONS,
};

/** What a gate compares where no aggregation is written; null where one must be. */
export const IMPLIED: Readonly<Record<MetricKind, Aggregation | null>> = {
  latency: null,
  ratio: 'ratio',
  counter: 'count',
  'counter-map': 'count',
  audit: 'count',
  drift: 'p95',
};

/**
 * The canonical text of a gate: single spaces, sorted labels, no implied aggregation, plain decimal numbers.
 * Parsing it gives the same gate again.
 */
export function formatGate(gate: Gate): string {
  const aggregation = gate.aggregation === IMPLIED[gate.kind] ? [] : [gate.aggregation];
  const limit = `${formatDecimal(gate.limit)}${gate.unit}`;
  const over = gate.over_s === undefined ? [] : [`over ${gate.over_s}s`];
  return [seriesKey(gate.metric, gate.labels), ...aggregation, gate.operator, limit, ...over].join(' ');
}

/** Never an exponent: `0.0000001`, not `1e-7`. */
function formatDecimal(value: number): string {
  return value.toLocaleString('en-US', { useGrouping: false, maximumSignificantDigits: 15 });
}
