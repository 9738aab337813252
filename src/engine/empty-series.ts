import { baseLatency } from '../metric/catalogue.ts';
import type { LatencyHistogram } from '../metric/histogram.ts';
import { latencyDefinition } from '../metric/latencies.ts';
import type { SeriesTable } from '../metric/series-table.ts';

/** Series that a run should have and has no sample of, each with the reason. */
export function emptySeries(
  series: SeriesTable,
  histograms: ReadonlyMap<string, LatencyHistogram>,
): Record<string, string> {
  // A run without rejections or late replies is no gap.
  const missing = series.keys.filter((key, index) => {
    const metric = series.metrics[index];
    const isQuiet = metric !== undefined && latencyDefinition(baseLatency(metric)).isQuiet === true;
    return !histograms.has(key) && !isQuiet;
  });
  return Object.fromEntries(missing.map((key) => [key, 'no sample in the measured phases']));
}
