import { ALL_HEADLINES, ANSWER_LATENCIES, HEADLINES, type LatencyMetric } from '../metric/catalogue.ts';
import type { LatencyHistogram } from '../metric/histogram.ts';
import { seriesKey } from '../metric/series.ts';
import type { PlannedPhase } from '../plan/parts.ts';
import type { HealthSummary } from './health-summary.ts';
import type { GeneratorPart, ValidityInput } from './validity.ts';

type Histograms = ReadonlyMap<string, LatencyHistogram>;

/** What a run is about, the first that it measures. */
const MAIN: readonly LatencyMetric[] = [
  ...ANSWER_LATENCIES,
  ...ALL_HEADLINES.filter((name) => !HEADLINES.includes(name)),
];

/** What the generator did in the whole run. */
export function wholeRun(
  histograms: Histograms,
  health: HealthSummary,
): Pick<GeneratorPart, 'sendLag' | 'medianLatency_us' | 'seconds'> {
  return {
    sendLag: histograms.get('send_lag'),
    medianLatency_us: medianOf((metric) => histograms.get(metric)),
    seconds: health.secondsOf(null),
  };
}

/** What it did in each measured phase; none where there is one only: that is the whole. */
export function measuredPhases(
  phases: readonly PlannedPhase[],
  histograms: Histograms,
  health: HealthSummary,
): ValidityInput['phases'] {
  const measured = phases.flatMap(({ kind, name }, index) => (kind === 'measured' ? [{ name, index }] : []));
  if (measured.length < 2) return [];
  return measured.map(({ name, index }) => {
    const of = (metric: LatencyMetric) => histograms.get(seriesKey(metric, { phase: name }));
    const sendLag = of('send_lag');
    const answers = ANSWER_LATENCIES.map(of);
    return {
      name,
      // The closed model has no lag; what it never got an answer to was written as well.
      written:
        sendLag?.count ??
        answers.reduce((sum, answer) => sum + (answer?.count ?? 0) + (answer?.censored ?? 0), 0),
      sendLag,
      medianLatency_us: medianOf(of),
      seconds: health.secondsOf(index),
    };
  });
}

function medianOf(of: (metric: LatencyMetric) => LatencyHistogram | undefined): number | null {
  const main = MAIN.map(of).find((histogram) => histogram !== undefined);
  return main?.percentile(50) ?? null;
}
