import { median } from '../base/median.ts';
import { type Bound, medianBound } from '../metric/bound.ts';
import { holm } from './holm.ts';
import { MIN_RUNS } from './judge-many.ts';
import { detectableShift, deviationWithin } from './power.ts';
import { rankTest } from './rank-test.ts';
import { type Scale, scaleOf } from './scale.ts';
import type { StandingRow } from './standing-schema.ts';

/** A figure of several relays, as it is tested. */
export interface Field extends Pick<StandingRow, 'unit' | 'direction'> {
  readonly relays: readonly { readonly name: string; readonly values: readonly Bound[] }[];
}

/** What a test says of a figure. */
export type Found = Pick<StandingRow, 'judged' | 'p' | 'detectable' | 'best'>;

export interface TestLimits {
  readonly alpha: number;
  readonly minEffect: number;
}

export const NOT_JUDGED: Found = { judged: false, p: null, detectable: null, best: null };

/**
 * Who is best in each figure, if anyone: better than every other relay by a two-sided Mann–Whitney test (two-sided, since
 * the values themselves say which relay to look at), corrected by Holm over all figures, and by more than the smallest
 * effect. A figure in which no arrangement of its values could show anything does not count (Tarone 1990).
 */
export function bestOfEach(fields: readonly Field[], limits: TestLimits): Found[] {
  const tested = fields.map((field) => (canShow(field, limits.alpha) ? favourite(field) : null));
  const family = tested.filter((one) => one !== null);
  const corrected = holm(family.map(({ p }) => p));
  let next = 0;
  return fields.map((field, at) => {
    const first = tested[at];
    if (first == null) return NOT_JUDGED;
    const p = corrected[next++] ?? 1;
    const isBest = p <= limits.alpha && isFar(field, first.name, limits.minEffect);
    const detectable = detectableIn(field, limits, family.length);
    return { judged: true, p, detectable, best: isBest ? first.name : null };
  });
}

/** Rounds with which a two-sided test can show anything in so many figures. */
export function roundsFor(figures: number, alpha: number): number {
  for (let rounds = MIN_RUNS; ; rounds++) {
    const apart = Array.from({ length: rounds }, (_, at) => at);
    const { pGreater } = rankTest(
      apart,
      apart.map((value) => value + rounds),
    );
    if (2 * pGreater * Math.max(1, figures) <= alpha) return rounds;
  }
}

interface Placed {
  readonly name: string;
  readonly values: readonly number[];
}

function placed({ unit, relays }: Field): Placed[] {
  const scale = scaleOf(unit);
  return relays.map(({ name, values }) => ({ name, values: values.map(scale.to) }));
}

/** Whether any two relays could differ significantly, however their values were dealt out. */
function canShow(field: Field, alpha: number): boolean {
  const all = placed(field);
  if (all.length < 2 || all.some(({ values }) => values.length < MIN_RUNS)) return false;
  return all.some((one, at) =>
    all.slice(at + 1).some((other) => 2 * smallestChance(one.values, other.values) <= alpha),
  );
}

function smallestChance(one: readonly number[], other: readonly number[]): number {
  const sorted = [...one, ...other].sort((a, b) => a - b);
  return rankTest(sorted.slice(0, one.length), sorted.slice(one.length)).pGreater;
}

/** The relay with the best median, and its chance against the nearest of the others. */
function favourite(field: Field): { readonly name: string; readonly p: number } | null {
  const sign = field.direction === 'lower' ? 1 : -1;
  const [first, ...others] = placed(field).sort((a, b) => sign * (median(a.values) - median(b.values)));
  if (first === undefined) return null;
  const chances = others.map(({ values }) => {
    const { pGreater, pLess } = rankTest(first.values, values);
    return Math.min(1, 2 * (field.direction === 'lower' ? pGreater : pLess));
  });
  return { name: first.name, p: Math.max(...chances) };
}

function isFar({ unit, relays }: Field, name: string, minEffect: number): boolean {
  const scale = scaleOf(unit);
  const first = medianBound(relays.find((relay) => relay.name === name)?.values ?? []);
  if (first === null || first.isAtLeast) return false;
  return relays
    .filter((relay) => relay.name !== name)
    .every(({ values }) => differs(medianBound(values), first, { scale, minEffect }));
}

function differs(
  other: Bound | null,
  first: Bound,
  { scale, minEffect }: { readonly scale: Scale; readonly minEffect: number },
): boolean {
  if (other === null) return false;
  const change = scale.change(scale.to(other) - scale.to(first), first.value);
  return change === null || Math.abs(change) > scale.minEffect(minEffect);
}

function detectableIn(field: Field, { alpha, minEffect }: TestLimits, figures: number): number | null {
  const scale = scaleOf(field.unit);
  const sides = placed(field).map(({ values }) => values);
  const deviation = deviationWithin(sides);
  const shift = detectableShift(Math.min(...sides.map(({ length }) => length)), alpha / figures);
  if (deviation === null || shift === null) return null;
  const middle = medianBound(field.relays.flatMap(({ values }) => values))?.value ?? 0;
  const change = scale.change(shift * deviation, middle);
  return change === null ? null : Math.max(scale.minEffect(minEffect), change);
}
