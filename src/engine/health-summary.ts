import { LatencyHistogram } from '../metric/histogram.ts';
import type { RunRecord } from '../record/schema.ts';
import type { SecondOfHealth, WorkerInterval } from './messages.ts';

/** Above this share of a second the event loop has no room left for lateness. */
const SATURATED_UTILIZATION = 0.9;

type GeneratorHealth = Omit<
  RunRecord['generator'],
  'ceiling' | 'doubts' | 'sendLag_us' | 'steal' | 'workers'
>;

/** The generator's own health over the measured seconds, from all workers. */
export class HealthSummary {
  readonly #seconds = new Map<number, SecondOfHealth[]>();
  readonly #delays = new LatencyHistogram();
  #rssMax_bytes = 0;
  readonly #isMeasured: (second: number) => boolean;

  constructor(isMeasured: (second: number) => boolean) {
    this.#isMeasured = isMeasured;
  }

  add(worker: number, interval: WorkerInterval): void {
    this.#rssMax_bytes = Math.max(this.#rssMax_bytes, interval.health.rss_bytes);
    if (!this.#isMeasured(interval.index)) return;
    const seconds = this.#seconds.get(worker) ?? [];
    seconds.push(interval.health);
    this.#seconds.set(worker, seconds);
    this.#delays.addDelta(interval.health.loopDelay_us);
  }

  /** Largest share of measured seconds in which one worker's event loop was saturated; 0..1. */
  get saturatedShare(): number {
    const shares = [...this.#seconds.values()].map(
      (seconds) =>
        seconds.filter((second) => second.utilization > SATURATED_UTILIZATION).length / seconds.length,
    );
    return Math.max(0, ...shares);
  }

  summary(): GeneratorHealth {
    const workers = [...this.#seconds.values()];
    const all = workers.flat();
    return {
      cpuShare: highest(workers.map((seconds) => mean(seconds.map((second) => second.cpu_s)))),
      eventLoopUtilization: {
        mean: highest(workers.map((seconds) => mean(seconds.map((second) => second.utilization)))),
        max: highest(all.map((second) => second.utilization)),
      },
      eventLoopDelay_us: {
        p50_us: this.#delays.percentile(50),
        p99_us: this.#delays.percentile(99),
        max_us: this.#delays.max_us,
      },
      rssMax_bytes: this.#rssMax_bytes === 0 ? null : this.#rssMax_bytes,
    };
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function highest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.max(...values);
}
