import { holm } from './holm.ts';
import { type EffectLimits, judgeTestResult, type TestResult, testResultOf } from './judge-many.ts';
import { type Judged, type Sides, undecided } from './judged.ts';
import { notAtRandom } from './missing.ts';

/** What the verdicts are held against; see `CompareOptions`. */
export interface Limits extends EffectLimits {
  readonly alpha: number;
}

/** Judges many runs a side, quantity by quantity; the p values of the gated ones are corrected together. */
export function judgeFamily(rows: readonly Sides[], gated: readonly string[], limits: Limits): Judged[] {
  const medians = new Map(
    rows.flatMap((row) => (row.aggregation === 'p50' ? [[row.series, row] as const] : [])),
  );
  const results = rows.map((row) => missingIn(row, medians.get(row.series)) ?? testResultOf(row, limits));
  const corrected = correct(rows, results, gated);
  return rows.map((_, at) => {
    const found = corrected[at] ?? 'not judged';
    return typeof found === 'string'
      ? undecided(found)
      : judgeTestResult(found, limits.alpha, limits.inBlocks);
  });
}

/** Why the runs of a side that have a value can't speak for all of them. */
function missingIn(row: Sides, medians: Sides | undefined): string | null {
  for (const side of ['base', 'candidate'] as const) {
    const reason = notAtRandom({ values: row[side], medians: medians?.[side] ?? [] });
    if (reason !== null) return `${side}: ${reason}`;
  }
  return null;
}

/**
 * Holm over the gated quantities. Those whose values are all equal can't raise an alarm whatever the arrangement, so
 * they do not count (Tarone 1990).
 */
function correct(
  rows: readonly Sides[],
  results: readonly (TestResult | string)[],
  gated: readonly string[],
): (TestResult | string)[] {
  const result = [...results];
  const tested = [...results.keys()].filter((at) => {
    const found = results[at];
    return typeof found === 'object' && !found.isConstant && gated.includes(rows[at]?.key ?? '');
  });
  const family = tested.map((at) => results[at] as TestResult);
  const worse = holm(family.map(({ pWorse }) => pWorse));
  const better = holm(family.map(({ pBetter }) => pBetter));
  for (const [i, at] of tested.entries()) {
    result[at] = { ...(family[i] as TestResult), pWorse: worse[i] ?? 1, pBetter: better[i] ?? 1 };
  }
  return result;
}
