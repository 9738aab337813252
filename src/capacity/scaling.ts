import { createRandom } from '../base/random.ts';
import type { ScalingLaw } from './schema.ts';

/** The limit that was found with so many relays. */
export interface ScalingPoint {
  readonly relays: number;
  readonly rate_per_s: number;
  /** The limit lies between these. */
  readonly low: number;
  readonly high: number;
}

/** Coefficients of the Universal Scalability Law. */
export interface Coefficients {
  /** Throughput of one relay. */
  readonly rate: number;
  readonly alpha: number;
  readonly beta: number;
}

/** Draws that the intervals rest on, and the share of them that lies inside. */
const DRAWS = 2_000;
const INSIDE = 0.95;
/** Coefficients below this are what binary fractions leave over. */
const NEGLIGIBLE = 1e-9;
/** Three unknowns. */
export const LEAST_POINTS = 3;

/**
 * Fits the Universal Scalability Law (Gunther), X(N) = X₁ · N / (1 + α(N−1) + βN(N−1)), to the limits that were found. The
 * intervals at 95 % say how far the coefficients move when each limit lies anywhere in its interval: with three points
 * there are no residuals to tell more. Null with fewer than three numbers of relays.
 * @param seed of the draws
 */
export function fitScaling(points: readonly ScalingPoint[], seed: number): ScalingLaw | null {
  if (new Set(points.map(({ relays }) => relays)).size < LEAST_POINTS) return null;
  const best = lawOf(points);
  const random = createRandom(seed, 'capacity/scaling');
  const drawn = Array.from({ length: DRAWS }, () =>
    lawOf(points.map((one) => ({ ...one, rate_per_s: one.low + random.next() * (one.high - one.low) }))),
  );
  const estimate = (key: keyof Coefficients): ScalingLaw['alpha'] => {
    const sorted = drawn.map((one) => one[key]).sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.round(share * (DRAWS - 1))] ?? best[key];
    const tail = (1 - INSIDE) / 2;
    return { value: best[key], low: Math.min(best[key], at(tail)), high: Math.max(best[key], at(1 - tail)) };
  };
  return {
    ratePerRelay: estimate('rate'),
    alpha: estimate('alpha'),
    beta: estimate('beta'),
    peakRelays: best.beta > 0 ? Math.max(1, Math.sqrt(Math.max(0, 1 - best.alpha) / best.beta)) : null,
  };
}

/** Throughput with so many relays by the law. */
export function scaled({ rate, alpha, beta }: Coefficients, relays: number): number {
  return (rate * relays) / (1 + alpha * (relays - 1) + beta * relays * (relays - 1));
}

/**
 * Least squares. N/X is linear in the unknowns: a + b(N−1) + cN(N−1) with a = 1/X₁, b = α/X₁, c = β/X₁. Neither contention nor
 * coherence can be below zero: where that comes out, the one is left out, and then the other.
 */
function lawOf(points: readonly Pick<ScalingPoint, 'relays' | 'rate_per_s'>[]): Coefficients {
  const candidates = [
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ] as const;
  const fits = candidates.map((uses) => solve(points, uses)).filter(({ b, c }) => b >= 0 && c >= 0);
  const best = fits.toSorted((x, y) => x.error - y.error)[0] ?? solve(points, [false, false]);
  const share = (cost: number): number => (cost / best.a < NEGLIGIBLE ? 0 : cost / best.a);
  return { rate: 1 / best.a, alpha: share(best.b), beta: share(best.c) };
}

interface Solution {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** Weighted sum of squares. */
  readonly error: number;
}

/** Errors of a rate are a share of it, and so are those of N/X: they are weighted by its inverse. */
function solve(
  points: readonly Pick<ScalingPoint, 'relays' | 'rate_per_s'>[],
  [usesB, usesC]: readonly [boolean, boolean],
): Solution {
  const rows = points.map(({ relays: n, rate_per_s }) => {
    const y = n / rate_per_s;
    const terms = [1, ...(usesB ? [n - 1] : []), ...(usesC ? [n * (n - 1)] : [])];
    return { terms: terms.map((term) => term / y), y: 1 };
  });
  const found = leastSquares(rows);
  const [a = Number.NaN, second = 0, third = 0] = found;
  const b = usesB ? second : 0;
  const c = usesC ? (usesB ? third : second) : 0;
  const error = rows.reduce((sum, { terms, y }) => {
    const shown = terms.reduce((total, term, at) => total + term * (found[at] ?? 0), 0);
    return sum + (shown - y) ** 2;
  }, 0);
  return { a, b, c, error };
}

/** Normal equations by Gaussian elimination; at most three unknowns of similar size. */
function leastSquares(rows: readonly { readonly terms: readonly number[]; readonly y: number }[]): number[] {
  const size = rows[0]?.terms.length ?? 0;
  const matrix = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_unused, j) =>
      rows.reduce((sum, { terms }) => sum + (terms[i] ?? 0) * (terms[j] ?? 0), 0),
    ),
    rows.reduce((sum, { terms, y }) => sum + (terms[i] ?? 0) * y, 0),
  ]);
  for (let at = 0; at < size; at++) eliminate(matrix, at);
  return matrix.map((row, at) => (row[size] ?? 0) / (row[at] ?? 1));
}

/** Clears column `at` in every other row. */
function eliminate(matrix: number[][], at: number): void {
  const pivot = matrix[at] ?? [];
  for (const [index, row] of matrix.entries()) {
    if (index === at) continue;
    const factor = (row[at] ?? 0) / (pivot[at] ?? 1);
    for (const [column, value] of pivot.entries()) row[column] = (row[column] ?? 0) - factor * value;
  }
}
