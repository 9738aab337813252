// A percentile of several runs together.

import { LatencyHistogram } from '../dist/metric/histogram.js';

/**
 * In ms; null where a run has no such latency, or too many operations never ended.
 * @param {{ metric: string, percent: number }} percentile
 * @param {readonly import('../dist/record/schema.js').RunRecord[]} records
 */
export function percentileOf({ metric, percent }, records) {
  const all = new LatencyHistogram();
  for (const { metrics } of records) {
    const summary = metrics[metric];
    if (summary === undefined) return null;
    all.add(LatencyHistogram.fromSummary(summary));
  }
  const value_us = all.percentileOfAll(percent);
  return value_us === null ? null : value_us / 1_000;
}
