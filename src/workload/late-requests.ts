import { monotonicNs } from '../base/clock.ts';
import type { SeriesTable } from '../metric/series-table.ts';
import type { SampleSink } from './sample-sink.ts';

/** Requests whose deadline is over and that are remembered; a relay that is later has answered others in between. */
const MOST_LATE = 1 << 15;

/** Requests whose deadline is over, by the number of their subscription: what ends them now is late and not stray. */
export class LateRequests {
  readonly #sink: SampleSink;
  readonly #series: number;
  /** When the deadline was, and in which phase they belong. */
  readonly #over = new Map<number, { readonly deadlineNs: number; readonly phase: number }>();

  constructor({ sink, series }: { readonly sink: SampleSink; readonly series: SeriesTable }) {
    this.#sink = sink;
    this.#series = series.indexOf('late_latency');
  }

  remember(sequence: number, deadlineNs: number, phase: number): void {
    const [oldest] = this.#over.keys();
    if (this.#over.size >= MOST_LATE && oldest !== undefined) this.#over.delete(oldest);
    this.#over.set(sequence, { deadlineNs, phase });
  }

  /** Whether a request ends only now, after its deadline: then it is counted as late, once. */
  isLate(sequence: number): boolean {
    const over = this.#over.get(sequence);
    if (over === undefined) return false;
    this.#sink.count(over.phase, 'replies_late');
    this.#sink.latency(this.#series, over.phase, over.deadlineNs, monotonicNs());
    this.#over.delete(sequence);
    return true;
  }
}
