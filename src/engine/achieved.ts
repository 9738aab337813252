import { ACCOUNTS, type Noun, type PerNoun, perNoun } from '../metric/accounts.ts';
import type { LatencyMetric } from '../metric/catalogue.ts';
import { countIn } from './count-in.ts';
import type { CounterRows } from './messages.ts';

const NOUN_OF: ReadonlyMap<LatencyMetric, Noun> = new Map(ACCOUNTS.map(({ answer, noun }) => [answer, noun]));

/** Operations that ended well: by the samples of their answers, and by the counters of ends that are as good. */
export class Achieved {
  readonly #answered = new Map<Noun, number>();
  /** Counters are cumulative: the newest of each worker counts. */
  readonly #asGood = new Map<number, PerNoun>();

  /** Samples of a latency in a measured phase, in time. */
  add(metric: LatencyMetric | undefined, count: number): void {
    const noun = metric === undefined ? undefined : NOUN_OF.get(metric);
    if (noun !== undefined) this.#answered.set(noun, (this.#answered.get(noun) ?? 0) + count);
  }

  /** @param measured indices of the measured phases */
  setCounters(worker: number, { rows }: CounterRows, measured: readonly number[]): void {
    const counted = perNoun(({ asGood }) =>
      measured
        .flatMap((phase) => asGood.map((name) => countIn(rows[phase], name)))
        .reduce((sum, count) => sum + count, 0),
    );
    this.#asGood.set(worker, counted);
  }

  get total(): PerNoun {
    const ofWorkers = [...this.#asGood.values()];
    return perNoun(({ noun }) =>
      ofWorkers.reduce((sum, each) => sum + each[noun], this.#answered.get(noun) ?? 0),
    );
  }
}
