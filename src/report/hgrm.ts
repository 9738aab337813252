import { LatencyHistogram } from '../metric/histogram.ts';
import type { Format } from './format.ts';

/**
 * HdrHistogram's percentile distribution of every latency series in milliseconds, each under a comment line with
 * its name. The plotter of HdrHistogram draws one series a file: cut there.
 */
export const hgrmFormat: Format = {
  name: 'hgrm',
  fileName: 'percentiles.hgrm',
  render: (record) =>
    Object.entries(record.metrics)
      .filter(([, summary]) => summary.count > 0)
      .map(
        ([key, summary]) =>
          `# ${key} (ms)\n${LatencyHistogram.fromSummary(summary).percentileDistribution()}`,
      )
      .join('\n'),
};
