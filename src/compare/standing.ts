import * as z from 'zod';
import { median } from '../base/median.ts';
import type { RunRecord } from '../record/schema.ts';
import { type Answers, answersOf } from './answers.ts';
import { noteworthy, requireComparable } from './comparable.ts';
import type { Contender } from './contender.ts';
import { holm } from './holm.ts';
import { MIN_RUNS } from './judge-many.ts';
import { gatedByDefault, type Reading, readingsOf } from './quantities.ts';
import { rankTest } from './rank-test.ts';
import { scaleOf } from './scale.ts';

const maybe = z.number().nullable();
const entry = z.strictObject({
  relay: z.string(),
  /** One value a run. */
  values: z.array(maybe),
  median: maybe,
  low: maybe,
  high: maybe,
});

/** The one schema of `versus.json` and of `versus --format json`. */
export const standingSchema = z.strictObject({
  standingVersion: z.string(),
  scenario: z.strictObject({ name: z.string(), sha256: z.string() }),
  relays: z.array(z.strictObject({ name: z.string(), urls: z.array(z.string()), runs: z.array(z.string()) })),
  rounds: z.int(),
  alpha: z.number(),
  minEffect: z.number(),
  rows: z.array(
    z.strictObject({
      key: z.string(),
      unit: z.enum(['us', 'ratio', 'per_s', 'count']),
      direction: z.enum(['lower', 'higher']),
      entries: z.array(entry),
      /** The relay that is better than every other one, by test and by size; null where none is. */
      best: z.string().nullable(),
    }),
  ),
  answers: z.array(
    z.strictObject({
      what: z.string(),
      entries: z.array(z.strictObject({ relay: z.string(), value: maybe })),
      /** Whether relays answer the same queries differently. */
      differs: z.boolean(),
    }),
  ),
  warnings: z.array(z.string()),
});

export type Standing = z.infer<typeof standingSchema>;
export type StandingRow = Standing['rows'][number];

export interface StandingOptions {
  readonly alpha: number;
  readonly minEffect: number;
}

/** Shown of every latency; throughput and ratios besides. */
const SHOWN = ['p50', 'p95', 'p99'];

/**
 * Puts relays side by side that carried out the same load.
 * @throws RelayBenchError `NOT_COMPARABLE`
 */
export function standingOf(contenders: readonly Contender[], options: StandingOptions): Standing {
  const all = contenders.flatMap(({ runs }) => runs);
  requireComparable(all, { crossHost: false });
  const scenario = all[0]?.record.scenario ?? { name: '', sha256: '' };
  const rounds = Math.min(...contenders.map(({ runs }) => runs.length));
  return {
    standingVersion: '1.0.0',
    scenario: { name: scenario.name, sha256: scenario.sha256 },
    relays: contenders.map(({ name, runs }) => ({
      name,
      urls: [...new Set(runs.flatMap(({ record }) => record.target.urls))],
      runs: runs.map((run) => run.name),
    })),
    rounds,
    alpha: options.alpha,
    minEffect: options.minEffect,
    rows: keysOf(all.map(({ record }) => record)).map((key) => rowOf(key, contenders, options)),
    answers: answersOf(contenders).map(mutable),
    warnings: [...(rounds < MIN_RUNS ? [tooFew(rounds)] : []), ...noteworthy(all, { crossHost: false })],
  };
}

function tooFew(rounds: number): string {
  return `${rounds} rounds name no best relay: ${MIN_RUNS} are needed`;
}

function keysOf(records: readonly RunRecord[]): Reading[] {
  const known = new Map<string, Reading>();
  for (const record of records) {
    for (const reading of readingsOf(record)) if (!known.has(reading.key)) known.set(reading.key, reading);
  }
  const readings = [...known.values()];
  const gated = gatedByDefault(readings, records[0]?.load.model ?? 'open');
  return readings.filter(({ key, series, aggregation }) => {
    if (gated.includes(key) || aggregation === 'rate') return true;
    return SHOWN.includes(aggregation) && gated.includes(`${series} p95`);
  });
}

function rowOf(
  { key, unit, direction }: Reading,
  contenders: readonly Contender[],
  options: StandingOptions,
): StandingRow {
  const entries = contenders.map(({ name, runs }) => {
    const values = runs.map(({ record }) => valueIn(record, key));
    const known = values.filter((value) => value !== null);
    const [low, high] = known.length === 0 ? [null, null] : [Math.min(...known), Math.max(...known)];
    return { relay: name, values, median: known.length === 0 ? null : median(known), low, high };
  });
  return { key, unit, direction, entries, best: bestOf({ key, unit, direction, entries }, options) };
}

function valueIn(record: RunRecord, key: string): number | null {
  return readingsOf(record).find((reading) => reading.key === key)?.value ?? null;
}

/** Better than every other relay, each by Mann–Whitney (corrected by Holm) and by more than the smallest effect. */
function bestOf(
  { unit, direction, entries }: Omit<StandingRow, 'best'>,
  { alpha, minEffect }: StandingOptions,
): string | null {
  const scale = scaleOf(unit);
  const sides = entries.map(({ relay, values }) => ({
    relay,
    values: values.filter((value) => value !== null).map(scale.to),
  }));
  if (sides.length < 2 || sides.some(({ values }) => values.length < MIN_RUNS)) return null;
  const sign = direction === 'lower' ? 1 : -1;
  const [first, ...others] = [...sides].sort((a, b) => sign * (median(a.values) - median(b.values)));
  if (first === undefined) return null;
  const chances = others.map(({ values }) => {
    const { pGreater, pLess } = rankTest(first.values, values);
    return direction === 'lower' ? pGreater : pLess;
  });
  const isFar = others.every(({ values }) => {
    const change = scale.change(median(values) - median(first.values), median(first.values));
    return change === null || Math.abs(change) > scale.minEffect(minEffect);
  });
  return isFar && holm(chances).every((chance) => chance <= alpha) ? first.relay : null;
}

function mutable({ what, entries, differs }: Answers): Standing['answers'][number] {
  return { what, entries: [...entries], differs };
}
