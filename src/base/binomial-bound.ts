/** Bisections of [0, 1]: more than a double can tell apart. */
const STEPS = 60;
/** A term of the tail below this part of its sum no longer changes it. */
const NEGLIGIBLE = 1e-15;

/**
 * The lower end of the one-sided Clopper–Pearson interval of a share: with the given confidence the true share is at
 * least this. It is the p at which `hits` or more of `trials` would be seen with probability 1 − confidence, that is the
 * p with I_p(hits, trials − hits + 1) = 1 − confidence (C. J. Clopper, E. S. Pearson, Biometrika 26, 1934).
 * @param hits 0..trials, whole
 * @param trials at least 0, whole
 * @param confidence 0..1, default 0.95
 * @returns 0..1; 0 where nothing was hit
 */
export function shareAtLeast(hits: number, trials: number, confidence = 0.95): number {
  if (hits <= 0 || trials <= 0) return 0;
  const logChoose = logBinomial(trials, hits);
  let [low, high] = [0, hits / trials];
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (tail({ hits, trials, logChoose }, middle) < 1 - confidence) low = middle;
    else high = middle;
  }
  return low;
}

interface Trials {
  readonly hits: number;
  readonly trials: number;
  /** Logarithm of the binomial coefficient of both. */
  readonly logChoose: number;
}

/** Probability of `hits` or more at a share of `p` ≤ hits / trials, where every term is smaller than the one before. */
function tail({ hits, trials, logChoose }: Trials, p: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  const odds = p / (1 - p);
  let term = Math.exp(logChoose + hits * Math.log(p) + (trials - hits) * Math.log1p(-p));
  let sum = term;
  for (let k = hits + 1; k <= trials; k++) {
    term *= (odds * (trials - k + 1)) / k;
    sum += term;
    if (term <= sum * NEGLIGIBLE) break;
  }
  return sum;
}

function logBinomial(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= Math.min(k, n - k); i++) sum += Math.log((n - i + 1) / i);
  return sum;
}
