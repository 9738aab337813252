import { rankInterval, type Stretch, type Worth, worthOf } from './effective.ts';
import type { HistogramDelta, LatencyHistogram } from './histogram.ts';
import {
  type EffectiveQuantile,
  MIN_SAMPLES_ABOVE,
  QUANTILE_NAMES,
  QUANTILES,
  type QuantileName,
} from './summary.ts';

/** Share above the place where dependence is read, by the share above the percentile; by simulation, see bench/statistics. */
const NEARER = 1.35;
/** More stretches are not kept: neighbours are put together, and blocks are longer than a second anyway. */
const MOST_STRETCHES = 512;
interface Kept {
  readonly buckets: Map<number, number>;
  count: number;
  censored: number;
}

/**
 * The samples of one latency by the second in which they ended: what a whole histogram can't tell is how much its samples
 * depend on each other. Memory is bounded, whatever the length of the run.
 */
export class SecondsOfLatency {
  readonly #stretches = new Map<number, Kept>();
  #width_s = 1;

  /** @param second whole seconds after some start */
  add(second: number, delta: HistogramDelta): void {
    this.#put(Math.floor(second / this.#width_s), delta);
    while (this.#stretches.size > MOST_STRETCHES) this.#halve();
  }

  /**
   * What the percentiles of the whole are worth, with their intervals at 95 %; without those that the seconds tell nothing
   * of.
   * @param whole the histogram of all these seconds
   */
  effective(whole: LatencyHistogram): Partial<Record<QuantileName, EffectiveQuantile>> {
    const found = QUANTILE_NAMES.flatMap((name) => {
      const share = QUANTILES[name] / 100;
      if ((whole.count + whole.censored) * (1 - share) + 1e-9 < MIN_SAMPLES_ABOVE) return [];
      const worth = this.#worthAt(whole, share);
      return worth === null ? [] : [[name, effectiveQuantile(whole, share, worth)] as const];
    });
    return Object.fromEntries(found);
  }

  /**
   * Dependence is read a little nearer to the middle, where a third more samples lie above: a run that by chance has
   * few of the relay's rare slow spells would know nothing of them at the percentile itself.
   */
  #worthAt(whole: LatencyHistogram, share: number): Worth | null {
    const reference = Math.max(1 - NEARER * (1 - share), Math.min(share, 0.5));
    const value_us = whole.percentileOfAll(100 * reference);
    if (value_us === null) return null;
    const index = whole.indexOf(value_us);
    return worthOf(this.#inOrder().map((kept) => stretchOf(kept, index)));
  }

  /** Seconds in which nothing ended are seconds, too. */
  #inOrder(): (Kept | undefined)[] {
    const numbers = [...this.#stretches.keys()];
    const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
    if (numbers.length === 0) return [];
    return Array.from({ length: last - first + 1 }, (_, at) => this.#stretches.get(first + at));
  }

  #put(at: number, delta: Pick<HistogramDelta, 'buckets' | 'count' | 'censored'>): void {
    const kept = this.#stretches.get(at) ?? { buckets: new Map<number, number>(), count: 0, censored: 0 };
    this.#stretches.set(at, kept);
    for (let i = 0; i < delta.buckets.length; i += 2) {
      const bucket = delta.buckets[i] ?? 0;
      kept.buckets.set(bucket, (kept.buckets.get(bucket) ?? 0) + (delta.buckets[i + 1] ?? 0));
    }
    kept.count += delta.count;
    kept.censored += delta.censored;
  }

  /** Stretches of twice the length. */
  #halve(): void {
    const before = [...this.#stretches];
    this.#stretches.clear();
    this.#width_s *= 2;
    for (const [at, { buckets, count, censored }] of before)
      this.#put(Math.floor(at / 2), { buckets: Float64Array.from([...buckets].flat()), count, censored });
  }
}

/** Operations of a stretch, and those of them that lie above a bucket; the unanswered lie above all. */
function stretchOf(kept: Kept | undefined, index: number): Stretch {
  if (kept === undefined) return { count: 0, above: 0 };
  let above = kept.censored;
  for (const [bucket, count] of kept.buckets) if (bucket > index) above += count;
  return { count: kept.count + kept.censored, above };
}

function effectiveQuantile(whole: LatencyHistogram, share: number, worth: Worth): EffectiveQuantile {
  const [low, high] = rankInterval(share, worth);
  return {
    samples: Math.round(10 * Math.min(worth.samples, whole.count + whole.censored)) / 10,
    low_us: whole.percentileOfAll(100 * low) ?? whole.max_us ?? 0,
    high_us: high === null ? null : whole.percentileOfAll(100 * high),
  };
}
