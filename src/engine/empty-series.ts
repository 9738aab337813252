import { baseLatency } from '../metric/catalogue.ts';
import type { LatencyHistogram } from '../metric/histogram.ts';
import { latencyDefinition } from '../metric/latencies.ts';
import { parseSeriesKey, seriesKey, singleLabels } from '../metric/series.ts';
import type { SeriesTable } from '../metric/series-table.ts';

/** Series that a run should have and has no sample of, each with the reason. */
export function emptySeries(
  series: SeriesTable,
  histograms: ReadonlyMap<string, LatencyHistogram>,
): Record<string, string> {
  // A run without rejections or late replies is no gap.
  const expected = series.keys.flatMap((key, index) => {
    const metric = series.metrics[index];
    const isQuiet = metric !== undefined && latencyDefinition(baseLatency(metric)).isQuiet === true;
    return isQuiet ? [] : countedUnder(key);
  });
  const missing = expected.filter((key) => !histograms.has(key));
  return Object.fromEntries(missing.map((key) => [key, 'no sample in the measured phases']));
}

/** The narrowest keys under which the samples of a series are found. */
function countedUnder(key: string): readonly string[] {
  const parsed = parseSeriesKey(key);
  const single = parsed === null ? [] : singleLabels(parsed.labels);
  return parsed === null || single.length === 0
    ? [key]
    : single.map((labels) => seriesKey(parsed.name, labels));
}
