/** Operations that ended in one stretch of time, and how many of them took longer than some value. */
export interface Stretch {
  readonly count: number;
  readonly above: number;
}

/** What samples that depend on each other are worth. */
export interface Worth {
  /** As many independent samples would know a share equally well; by chance up to {@link MOST} times as many as there are. */
  readonly samples: number;
  /** Degrees of freedom of that estimate; null where it is none. */
  readonly freedom: number | null;
}

/** The estimate scatters around the truth on both sides; cut at the number of samples it would be too low on the average. */
const MOST = 1.5;
/** 97.5 % of the standard normal distribution: two-sided 95 %. */
const Z = 1.959_964;
/** Chance at either end that an interval leaves out. */
const TAIL = 0.025;
/** A block is at most this part of the whole: fewer blocks say nothing of how they differ. */
const FEWEST_BLOCKS = 6;

/**
 * The worth of the samples of a run by a moving-block bootstrap over its seconds (Künsch 1989), whose variance has a closed
 * form: that of the sums over overlapping blocks. The length of the blocks follows from how much neighbouring seconds
 * resemble each other (Carlstein 1986).
 * @param stretches in the order of time, equally long; null where there are too few, or nothing differs
 */
export function worthOf(stretches: readonly Stretch[]): Worth | null {
  const length = stretches.length;
  const count = stretches.reduce((sum, one) => sum + one.count, 0);
  const share = stretches.reduce((sum, one) => sum + one.above, 0) / count;
  if (length < FEWEST_BLOCKS || !(share > 0 && share < 1)) return null;
  const excess = stretches.map((one) => one.above - share * one.count);
  const block = blockLength(excess);
  const variance = varianceOfSum(excess, block);
  if (variance === 0) return { samples: count, freedom: null };
  const samples = Math.min(MOST * count, (share * (1 - share) * count ** 2) / variance);
  const freedom = (length / block - 1) * (block > 1 ? 1.5 : 1);
  return { samples, freedom };
}

/** Seconds a block, from the correlation of neighbours. */
function blockLength(excess: readonly number[]): number {
  const products = excess.slice(1).reduce((sum, value, at) => sum + value * (excess[at] ?? 0), 0);
  const squares = excess.reduce((sum, value) => sum + value ** 2, 0);
  const correlation = squares === 0 ? 0 : Math.min(0.97, Math.max(0, products / squares));
  const wanted = 2 * ((2 * correlation) / (1 - correlation ** 2)) ** (2 / 3) * excess.length ** (1 / 3);
  return Math.min(Math.max(1, Math.ceil(wanted)), Math.floor(excess.length / FEWEST_BLOCKS));
}

/** Of the sum over all seconds, from all overlapping blocks. */
function varianceOfSum(excess: readonly number[], block: number): number {
  const { length } = excess;
  let sum = 0;
  let squares = 0;
  for (let at = 0; at < length; at++) {
    sum += (excess[at] ?? 0) - (excess[at - block] ?? 0);
    if (at >= block - 1) squares += sum ** 2;
  }
  return (length / block) * (squares / (length - block + 1)) * (length / (length - block));
}

/**
 * Between which shares of the samples a quantile lies at 95 %: the binomial interval of its rank, by the Cornish–Fisher
 * expansion, from as many independent samples as they are worth.
 * @param share of the quantile, 0..1
 * @returns shares, 0..1; the upper one is null where the samples can't bound the quantile from above
 */
export function rankInterval(share: number, { samples, freedom }: Worth): [low: number, high: number | null] {
  const width = freedom === null ? Z : studentQuantile(freedom);
  const spread = width * Math.sqrt(samples * share * (1 - share));
  const skew = ((width ** 2 - 1) * (1 - 2 * share)) / 6;
  const low = Math.max(0, (samples * share - spread + skew) / samples);
  const high = (samples * share + spread + skew + 0.5) / samples;
  const worth = samples * (Z / width) ** 2;
  return [low, share ** worth > TAIL || high >= 1 ? null : high];
}

/** 97.5 % of Student's distribution, by its expansion in 1/f (Abramowitz and Stegun 26.7.5); from two degrees of freedom up within 5 %. */
function studentQuantile(freedom: number): number {
  const f = Math.max(2, freedom);
  return (
    Z +
    (Z ** 3 + Z) / (4 * f) +
    (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / (96 * f ** 2) +
    (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / (384 * f ** 3)
  );
}
