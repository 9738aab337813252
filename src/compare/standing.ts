import { type Bound, byRank, exactOrNull, leastOrNull, medianBound } from '../metric/bound.ts';
import type { RunRecord } from '../record/schema.ts';
import { type Answers, answersOf } from './answers.ts';
import { bestOfEach, type Field, type Found, NOT_JUDGED, roundsFor } from './best-of.ts';
import type { ContenderRuns } from './comparable.ts';
import { noteworthy, requireComparable } from './comparable.ts';
import { notAtRandom } from './missing.ts';
import { gatedByDefault, isShownTrouble, type RunQuantity, runQuantities } from './quantities.ts';
import { STANDING_VERSION, type Standing, type StandingEntry, type StandingRow } from './standing-schema.ts';

export interface StandingOptions {
  readonly alpha: number;
  readonly minEffect: number;
  /** `invalid` runs are put side by side as well, and nobody is called best; default: valid. */
  readonly validity?: Standing['validity'];
}

/** Shown of every latency; throughput and ratios besides. */
const SHOWN = ['p50', 'p95', 'p99'];
const INVALID = 'every round was invalid: these figures prove nothing about the relays';

/**
 * Puts relays side by side that carried out the same load.
 * @throws RelayBenchError `NOT_COMPARABLE`
 */
export function standingOf(contenders: readonly ContenderRuns[], options: StandingOptions): Standing {
  const { alpha, minEffect, validity = 'valid' } = options;
  const all = contenders.flatMap(({ runs }) => runs);
  requireComparable(all, { crossHost: false, allowInvalid: validity === 'invalid' });
  const scenario = all[0]?.record.scenario ?? { name: '', sha256: '' };
  const rounds = Math.min(...contenders.map(({ runs }) => runs.length));
  const rows = rowsOf(contenders, options);
  return {
    standingVersion: STANDING_VERSION,
    validity,
    scenario: { name: scenario.name, sha256: scenario.sha256 },
    relays: contenders.map(({ name, runs }) => ({
      name,
      urls: [...new Set(runs.flatMap(({ record }) => record.target.urls))],
      runs: runs.map((run) => run.name),
    })),
    rounds,
    alpha,
    minEffect,
    rows,
    answers: answersOf(contenders).map(mutable),
    warnings: [
      ...(validity === 'invalid' ? [INVALID] : tooFew(rows, rounds, alpha)),
      ...noteworthy(all, { crossHost: false }),
    ],
  };
}

/** Says so where the rounds could name nobody, whatever the values. */
function tooFew(rows: readonly StandingRow[], rounds: number, alpha: number): string[] {
  const figures = rows.filter(({ judged }) => judged).length;
  const needed = roundsFor(figures, alpha);
  if (rounds >= needed) return [];
  const over = figures > 1 ? ` over ${figures} figures` : '';
  return [`${rounds} rounds are too few to name a best relay${over}: ${needed} are needed`];
}

/** A figure of all relays, before anybody asks who is best. */
interface Drawn {
  readonly quantity: RunQuantity;
  readonly isGated: boolean;
  readonly values: readonly (readonly (Bound | null)[])[];
  /** Why a relay's runs can't stand for all of them, in the order of the relays. */
  readonly withheld: readonly (string | null)[];
}

function rowsOf(contenders: readonly ContenderRuns[], options: StandingOptions): StandingRow[] {
  const runs = contenders.map((contender) =>
    contender.runs.map(({ record }) => new Map(runQuantities(record).map((one) => [one.key, one.value]))),
  );
  const records = contenders.flatMap((contender) => contender.runs.map(({ record }) => record));
  const drawn = shownIn(records).map(({ quantity, isGated }): Drawn => {
    const valuesOf = (key: string) => runs.map((side) => side.map((values) => values.get(key) ?? null));
    const [values, medians] = [valuesOf(quantity.key), valuesOf(`${quantity.series} p50`)];
    const withheld = values.map((side, at) => notAtRandom({ values: side, medians: medians[at] ?? [] }));
    return { quantity, isGated, values, withheld };
  });
  const judged = drawn.filter((one) => options.validity !== 'invalid' && isJudged(one));
  const names = contenders.map(({ name }) => name);
  const found = bestOfEach(
    judged.map((one) => fieldOf(one, names)),
    options,
  );
  return drawn.map((one) => rowOf(one, names, found[judged.indexOf(one)] ?? NOT_JUDGED));
}

function isJudged({ isGated, withheld }: Drawn): boolean {
  return isGated && withheld.every((reason) => reason === null);
}

function fieldOf({ quantity: { unit, direction }, values }: Drawn, names: readonly string[]): Field {
  return { unit, direction, relays: names.map((name, at) => ({ name, values: known(values[at] ?? []) })) };
}

function rowOf({ quantity, values, withheld }: Drawn, names: readonly string[], found: Found): StandingRow {
  const { key, unit, direction } = quantity;
  const entries = names.map((name, at) => entryOf(name, values[at] ?? [], withheld[at] ?? null));
  return { key, unit, direction, entries, ...found };
}

function entryOf(relay: string, values: readonly (Bound | null)[], withheld: string | null): StandingEntry {
  const sorted = known(values).sort(byRank);
  const shown = withheld === null ? sorted : [];
  const [median, low, high] = [medianBound(shown), shown[0] ?? null, shown.at(-1) ?? null];
  const atLeast = {
    values: values.map(leastOrNull),
    median: leastOrNull(median),
    low: leastOrNull(low),
    high: leastOrNull(high),
  };
  return {
    relay,
    values: values.map(exactOrNull),
    median: exactOrNull(median),
    low: exactOrNull(low),
    high: exactOrNull(high),
    ...(sorted.some(({ isAtLeast }) => isAtLeast) ? { atLeast } : {}),
    runs: sorted.length,
    ...(withheld === null ? {} : { withheld }),
  };
}

/** What is shown of these runs, in the order of the first that has it. */
function shownIn(records: readonly RunRecord[]): { quantity: RunQuantity; isGated: boolean }[] {
  const all = new Map<string, RunQuantity>();
  for (const record of records) {
    for (const quantity of runQuantities(record)) if (!all.has(quantity.key)) all.set(quantity.key, quantity);
  }
  const quantities = [...all.values()];
  const gated = gatedByDefault(quantities, records[0]?.load.model ?? 'open');
  const isShown = ({ key, series, aggregation }: RunQuantity): boolean => {
    if (gated.includes(key) || aggregation === 'rate') return true;
    if (SHOWN.includes(aggregation)) return gated.includes(`${series} p95`);
    return isShownTrouble(series, records);
  };
  return quantities.filter(isShown).map((quantity) => ({ quantity, isGated: gated.includes(quantity.key) }));
}

function known(values: readonly (Bound | null)[]): Bound[] {
  return values.filter((value) => value !== null);
}

function mutable({ what, entries, differs }: Answers): Standing['answers'][number] {
  return { what, entries: [...entries], differs };
}
