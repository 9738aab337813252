import { baseLatency, type LatencyMetric } from '../metric/catalogue.ts';
import type { LatencyHistogram } from '../metric/histogram.ts';
import { SecondsOfLatency } from '../metric/seconds.ts';
import type { SeriesTable } from '../metric/series-table.ts';
import type { PlannedPhase } from '../plan/parts.ts';
import type { RunResult } from '../result/run-result.ts';
import type { WorkerInterval } from './messages.ts';

/** How much the samples of the measured phases depend on each other: every latency by its seconds, from all workers. */
export class Dependence {
  readonly #series: SeriesTable;
  readonly #phases: readonly PlannedPhase[];
  readonly #seconds = new Map<LatencyMetric, SecondsOfLatency>();

  constructor(series: SeriesTable, phases: readonly PlannedPhase[]) {
    this.#series = series;
    this.#phases = phases;
  }

  add({ index, samples }: Pick<WorkerInterval, 'index' | 'samples'>): void {
    for (const { series, phase, delta } of samples) {
      const metric = this.#series.metrics[series];
      if (metric === undefined || metric !== baseLatency(metric)) continue;
      if (this.#phases[phase]?.kind !== 'measured') continue;
      const seconds = this.#seconds.get(metric) ?? new SecondsOfLatency();
      seconds.add(index, delta);
      this.#seconds.set(metric, seconds);
    }
  }

  /** What the percentiles of the whole run are worth, by series. */
  of(histograms: ReadonlyMap<string, LatencyHistogram>): NonNullable<RunResult['effective']> {
    return new Map(
      [...this.#seconds].flatMap(([metric, seconds]) => {
        const whole = histograms.get(metric);
        return whole === undefined ? [] : [[metric, seconds.effective(whole)] as const];
      }),
    );
  }
}
