import { LATENCY_NAMES, type LatencyMetric } from '../metric/catalogue.ts';
import { CLASSIC_BOUNDS_US, countsUpTo } from '../metric/cumulative.ts';
import { latencyHelp, maskedLabels, quantileLabel } from '../metric/exposed.ts';
import { LatencyHistogram } from '../metric/histogram.ts';
import { type Labels, parseSeriesKey } from '../metric/series.ts';
import { QUANTILE_NAMES } from '../metric/summary.ts';
import type { RunRecord } from '../record/schema.ts';
import { type Distribution, type Family, gauge } from './family.ts';

type Summary = RunRecord['metrics'][string];

interface Series {
  readonly labels: Labels;
  readonly summary: Summary;
}

const US_PER_S = 1_000_000;

/**
 * Every latency twice: as a histogram with classic buckets, which Prometheus adds up over runs and time, and its percentiles
 * from the HDR histogram, which are those of the record. Series of single phases are left out: monitoring systems have a
 * time axis.
 */
export function latencyFamilies({ metrics }: RunRecord): Family[] {
  return LATENCY_NAMES.flatMap((name) => {
    const series = seriesOf(name, metrics);
    return series.length === 0 ? [] : [histogramFamily(name, series), quantileFamily(name, series)];
  });
}

function seriesOf(name: LatencyMetric, metrics: RunRecord['metrics']): Series[] {
  return Object.entries(metrics).flatMap(([key, summary]) => {
    const parsed = parseSeriesKey(key);
    if (parsed?.name !== name || Object.hasOwn(parsed.labels, 'phase')) return [];
    return [{ labels: maskedLabels(parsed.labels), summary }];
  });
}

function histogramFamily(name: LatencyMetric, series: readonly Series[]): Family {
  return {
    kind: 'histogram',
    name,
    unit: 'seconds',
    help: latencyHelp(name),
    samples: series.map(({ labels, summary }) => distributionOf(labels, summary)),
  };
}

function distributionOf(labels: Labels, summary: Summary): Distribution {
  const { count, mean_us, min_us, max_us } = summary;
  return {
    labels,
    bounds: CLASSIC_BOUNDS_US.map(inSeconds),
    upTo: countsUpTo(LatencyHistogram.fromSummary(summary), CLASSIC_BOUNDS_US),
    count,
    sum: inSeconds((mean_us ?? 0) * count),
    min: min_us === null ? null : inSeconds(min_us),
    max: max_us === null ? null : inSeconds(max_us),
  };
}

function quantileFamily(name: LatencyMetric, series: readonly Series[]): Family {
  const samples = series.flatMap(({ labels, summary }) => [
    ...QUANTILE_NAMES.map((quantile) => ({
      labels: { ...labels, quantile: quantileLabel(quantile) },
      us: summary[`${quantile}_us`],
    })),
    { labels: { ...labels, quantile: '1' }, us: summary.max_us },
  ]);
  return gauge(
    {
      name: `${name}_quantile`,
      unit: 'seconds',
      help: `percentiles of the run so far, of 1 the slowest: ${latencyHelp(name)}`,
    },
    samples.map(({ labels: own, us }) => ({ labels: own, value: us === null ? null : inSeconds(us) })),
  );
}

/** Twelve digits: more than the histograms hold, without the noise of binary fractions. */
function inSeconds(us: number): number {
  return Number((us / US_PER_S).toPrecision(12));
}
