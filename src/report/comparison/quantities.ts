import type { Comparison, Quantity } from '../../compare/schema.ts';
import { parseSeriesKey, REGION } from '../../metric/series.ts';
import { REGION_SERIES } from '../../record/regions-schema.ts';
import { count, duration, NOTHING, number, percent, rate } from '../quantity.ts';
import { type Cell, cell, code, columns, list, type Section, type Tone } from '../view/document.ts';

/** More are not read; the others stand in the JSON. */
const MAX_OTHERS = 12;
/** Shown with a p value below it, since `0.000` is never true. */
const SMALLEST_P = 0.001;

const MARKS = { better: '▲', worse: '▼', same: '=', inconclusive: '?' } as const;
const TONES: Readonly<Record<Quantity['verdict'], Tone>> = {
  better: 'good',
  worse: 'bad',
  same: 'plain',
  inconclusive: 'warn',
};

/** What decides the verdict. */
export function gatedSection(comparison: Comparison): Section {
  const gated = comparison.quantities.filter((quantity) => quantity.gated);
  if (gated.length === 0) return list('Gated', ['the runs have no figure to judge by'], 'verdict');
  return {
    title: 'Gated',
    topic: 'verdict',
    note: noteOf(comparison),
    content: { kind: 'table', ...tableOf(gated, comparison.method) },
  };
}

/** Why gated quantities have no verdict, each reason once; null where all have one. */
export function unclearSection({ quantities }: Comparison): Section | null {
  const unclear = quantities.filter(({ gated, verdict }) => gated && verdict === 'inconclusive');
  const reasons = [...new Set(unclear.map(({ reason }) => reason ?? 'not known'))];
  if (reasons.length === 0) return null;
  const keysOf = (reason: string): string =>
    unclear
      .filter((one) => (one.reason ?? 'not known') === reason)
      .map(({ key }) => key)
      .join(', ');
  const items = reasons.map((reason) => `${keysOf(reason)}: ${reason}`);
  return list('Why it is not clear', items, 'verdict');
}

/** Of latencies by region these are shown. */
const REGIONAL: ReadonlySet<string> = new Set(['p50', 'p95']);

/** What regions cost their origin, and latencies near and far, whether they changed or not; null for runs without regions. */
export function regionsSection(comparison: Comparison): Section | null {
  const shown = comparison.quantities.filter(isOfRegions);
  if (shown.length === 0) return null;
  return {
    title: 'Regions',
    topic: 'latency',
    note: 'they decide nothing',
    content: { kind: 'table', ...tableOf(shown, comparison.method) },
  };
}

function isOfRegions({ series, aggregation }: Quantity): boolean {
  if (Object.values<string>(REGION_SERIES).includes(series)) return true;
  const parsed = parseSeriesKey(series);
  return (
    parsed !== null &&
    Object.keys(parsed.labels).join() === REGION &&
    !parsed.name.endsWith(TWIN) &&
    REGIONAL.has(aggregation)
  );
}

/** How the twins of latencies end, which are taken from the write. */
const TWIN = '_service';

/** What else changed; null where nothing did. */
export function othersSection(comparison: Comparison): Section | null {
  const changed = comparison.quantities.filter(
    ({ gated, verdict }) => !gated && (verdict === 'better' || verdict === 'worse'),
  );
  if (changed.length === 0) return null;
  const sorted = [...changed].sort((a, b) => Math.abs(b.change ?? Infinity) - Math.abs(a.change ?? Infinity));
  const table = tableOf(sorted.slice(0, MAX_OTHERS), comparison.method);
  const shown = changed.length > MAX_OTHERS ? `the ${MAX_OTHERS} largest of ${changed.length}; ` : '';
  return {
    title: 'Other changes',
    topic: 'latency',
    note: `${shown}they decide nothing: of so many, some change by chance`,
    detail: 'folded',
    content: { kind: 'table', ...table },
  };
}

function noteOf({ method, base, candidate }: Comparison): string {
  if (method === 'tolerance') return 'interval: that within each run, by its seconds where it kept them';
  const sides = base.length + candidate.length > 2 ? 'medians of the runs; ' : '';
  return `${sides}interval at 95 %; p of the nearer side; same: shown to differ by less than the smallest effect`;
}

function tableOf(
  quantities: readonly Quantity[],
  method: Comparison['method'],
): Pick<Extract<Section['content'], { kind: 'table' }>, 'columns' | 'rows'> {
  const isStatistical = method === 'statistical';
  const heads = ['', 'quantity', '>base', '>candidate', '>change', '>interval?', '>counts from?'];
  return {
    columns: columns(...heads, ...(isStatistical ? ['>p'] : []), 'verdict'),
    rows: quantities.map((quantity) => rowOf(quantity, isStatistical)),
  };
}

function rowOf(quantity: Quantity, isStatistical: boolean): Cell[] {
  const { verdict, unit, key } = quantity;
  const tone = TONES[verdict];
  return [
    cell(MARKS[verdict], tone),
    code(key),
    cell(boundText(quantity.baseMedian, quantity.atLeast?.baseMedian ?? null, unit)),
    cell(boundText(quantity.candidateMedian, quantity.atLeast?.candidateMedian ?? null, unit)),
    cell(changeText(quantity, quantity.change), tone),
    cell(intervalText(quantity)),
    cell(quantity.threshold === null ? NOTHING : `±${changeSize(quantity.threshold, unit)}`, 'muted'),
    ...(isStatistical ? [cell(chanceText(quantity))] : []),
    cell(verdict, tone),
  ];
}

/** A value of a quantity in its unit. */
export function valueText(value: number | null, unit: Quantity['unit']): string {
  if (value === null) return NOTHING;
  if (unit === 'us') return duration(value);
  if (unit === 'ratio') return percent(value);
  return unit === 'per_s' ? rate(value) : count(value);
}

/** A value, or the least that it can be: `≥ 9.87 s`. */
export function boundText(value: number | null, least: number | null, unit: Quantity['unit']): string {
  return value === null && least !== null ? `≥ ${valueText(least, unit)}` : valueText(value, unit);
}

function changeText(quantity: Quantity, change: number | null): string {
  const { unit, baseMedian, candidateMedian, atLeast } = quantity;
  if (change !== null) return signed(change, unit);
  if (atLeast !== undefined) return unboundedText(atLeast);
  if (baseMedian === null || candidateMedian === null) return NOTHING;
  return candidateMedian > baseMedian ? 'from none' : 'to none';
}

/** Of a side that does not know its value it is known only which way it lies. */
function unboundedText({ baseMedian, candidateMedian }: NonNullable<Quantity['atLeast']>): string {
  if ((baseMedian === null) === (candidateMedian === null)) return NOTHING;
  return candidateMedian === null ? 'from unanswered' : 'to unanswered';
}

/** A change with its sign: `+12.3 %`, `−0.5 points`. */
export function signed(change: number, unit: Quantity['unit']): string {
  const sign = change > 0 ? '+' : change < 0 ? '−' : '±';
  return `${sign}${changeSize(Math.abs(change), unit)}`;
}

/** The size of a change: `12.3 %`, `0.5 points`. */
export function changeSize(size: number, unit: Quantity['unit']): string {
  const shown = number(Number((size * 100).toFixed(2)));
  if (unit !== 'ratio') return `${shown} %`;
  return `${shown} ${shown === '1' ? 'point' : 'points'}`;
}

function intervalText({ changeLow, changeHigh, unit }: Quantity): string {
  if (changeLow === null && changeHigh === null) return NOTHING;
  if (changeHigh === null) return `${signed(changeLow ?? 0, unit)} or more`;
  if (changeLow === null) return `${signed(changeHigh, unit)} or less`;
  return `${signed(changeLow, unit)} to ${signed(changeHigh, unit)}`;
}

function chanceText({ pWorse, pBetter }: Quantity): string {
  if (pWorse === null || pBetter === null) return NOTHING;
  return chance(Math.min(pWorse, pBetter));
}

/** A p value. */
export function chance(p: number | null): string {
  if (p === null) return NOTHING;
  return p < SMALLEST_P ? `<${SMALLEST_P}` : p.toFixed(3);
}
