import { parseSeriesKey } from '../metric/series.ts';
import type { RunRecord } from '../record/schema.ts';
import type { Format } from './format.ts';

/**
 * HdrHistogram's log format 1.3: every latency series as one tagged interval over the measured phases, values in
 * microseconds, `Interval_Max` in milliseconds. Readable by HistogramLogAnalyzer and the HdrHistogram libraries.
 */
export const hlogFormat: Format = {
  name: 'hlog',
  fileName: 'histograms.hlog',
  isDefault: true,
  render: (record) => {
    const start_s = (Date.parse(record.startedAt) / 1_000).toFixed(3);
    const head = [
      `#[Logged with ${record.tool.name} ${record.tool.version}]`,
      '#[Histogram log format version 1.3]',
      `#[StartTime: ${start_s} (seconds since epoch), ${record.startedAt}]`,
      `#[BaseTime: ${start_s} (seconds since epoch)]`,
      '#[MaxValueDivisor: 1000.0]',
      '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    ];
    return `${[...head, ...intervalLines(record)].join('\n')}\n`;
  },
};

function intervalLines(record: RunRecord): string[] {
  return Object.entries(record.metrics)
    .filter(([, summary]) => summary.count > 0)
    .map(([key, summary]) => {
      const { start_s, length_s } = spanOf(record, key);
      const max_ms = (summary.max_us ?? 0) / 1_000;
      const numbers = [start_s, length_s, max_ms].map((value) => value.toFixed(3));
      return [`Tag=${tagOf(key)}`, ...numbers, summary.hdr].join(',');
    });
}

/** Tags must not hold commas, blanks or line ends. */
function tagOf(key: string): string {
  return key.replaceAll(',', ';').replaceAll(/\s/g, '_');
}

/** The time that a series covers: its phase, or all measured phases. */
function spanOf(record: RunRecord, key: string): { start_s: number; length_s: number } {
  const measured = record.load.phases.filter((phase) => phase.kind === 'measured');
  const name = parseSeriesKey(key)?.labels['phase'];
  const phase = measured.find((one) => one.name === name);
  return phase === undefined
    ? { start_s: measured[0]?.start_s ?? 0, length_s: record.load.measured_s }
    : { start_s: phase.start_s, length_s: phase.end_s - phase.start_s };
}
