import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../../../src/compare/compare.ts';
import type { Quantity } from '../../../../src/compare/schema.ts';
import {
  chance,
  changeSize,
  gatedSection,
  othersSection,
  signed,
  unclearSection,
  valueText,
} from '../../../../src/report/comparison/quantities.ts';
import { runsOf } from '../../../support/sample-runs.ts';

const comparison = compareRuns(runsOf(4, 1, 0.01, 1), runsOf(4, 1.3, 0.01, 2));
const [sample] = comparison.quantities.filter(({ key }) => key === 'ack_latency p95');
if (sample === undefined) throw new Error('the sample has no ack_latency');
const quantity: Quantity = { ...sample, gated: true };

/** The texts of the one row about a quantity, by the titles of their columns. */
function rowOf(changes: Partial<Quantity>): Record<string, string> {
  const { content } = gatedSection({ ...comparison, quantities: [{ ...quantity, ...changes }] });
  if (content.kind !== 'table') throw new Error('the gated quantities are no table');
  const texts = content.rows[0]?.map(({ text }) => text) ?? [];
  return Object.fromEntries(content.columns.map(({ title }, at) => [title, texts[at] ?? '']));
}

const unknown = { change: null, changeLow: null, changeHigh: null };
const bounds = { base: [], candidate: [] };

describe('a compared quantity in a report', () => {
  it('came from none where the base was zero', () => {
    expect(rowOf({ ...unknown, baseMedian: 0, candidateMedian: 9 })['change']).toBe('from none');
  });

  it('has no change where one side has no value', () => {
    expect(rowOf({ ...unknown, baseMedian: null })['change']).toBe('–');
  });

  it('goes to unanswered where only the candidate has a bound', () => {
    const atLeast = { ...bounds, baseMedian: null, candidateMedian: 9_000_000 };
    const row = rowOf({ ...unknown, candidateMedian: null, atLeast });
    expect([row['candidate'], row['change']]).toEqual(['≥ 9.00 s', 'to unanswered']);
  });

  it('comes from unanswered where only the base has a bound', () => {
    const atLeast = { ...bounds, baseMedian: 9_000_000, candidateMedian: null };
    expect(rowOf({ ...unknown, baseMedian: null, atLeast })['change']).toBe('from unanswered');
  });

  it('has no known direction where both sides have only a bound', () => {
    const atLeast = { ...bounds, baseMedian: 1, candidateMedian: 2 };
    expect(rowOf({ ...unknown, baseMedian: null, candidateMedian: null, atLeast })['change']).toBe('–');
  });

  it('changed by so much or more where nothing bounds it above', () => {
    expect(rowOf({ changeLow: 0.1, changeHigh: null })['interval']).toBe('+10 % or more');
  });

  it('changed by so much or less where nothing bounds it below', () => {
    expect(rowOf({ changeLow: null, changeHigh: -0.1 })['interval']).toBe('−10 % or less');
  });

  it('has no chance and no threshold where none was computed', () => {
    const row = rowOf({ pWorse: null, threshold: null });
    expect([row['p'], row['counts from']]).toEqual(['–', '–']);
  });
});

describe('sections of a comparison', () => {
  it('say so where the runs have nothing to judge by', () => {
    expect(gatedSection({ ...comparison, quantities: [] }).content).toMatchObject({
      items: [{ text: 'the runs have no figure to judge by' }],
    });
  });

  it('give each reason once, with all quantities that it holds for', () => {
    const unclear = { ...quantity, verdict: 'inconclusive' as const };
    const quantities = [
      { ...unclear, key: 'a', reason: 'too few runs' },
      { ...unclear, key: 'b', reason: 'too few runs' },
    ];
    expect(unclearSection({ ...comparison, quantities })?.content).toMatchObject({
      items: [{ text: 'a, b: too few runs' }],
    });
  });

  it('have the other changes, those from nothing first', () => {
    const other = { ...quantity, gated: false, verdict: 'worse' as const };
    const quantities = [
      { ...other, key: 'small', change: 0.1 },
      { ...other, key: 'new', change: null },
      { ...other, key: 'large', change: -0.5 },
    ];
    const content = othersSection({ ...comparison, quantities })?.content;
    const keys = content?.kind === 'table' ? content.rows.map((cells) => cells[1]?.text) : [];
    expect(keys).toEqual(['new', 'large', 'small']);
  });

  it('show the twelve largest of many other changes', () => {
    const quantities = Array.from({ length: 13 }, (_, at) => ({
      ...{ ...quantity, gated: false, verdict: 'better' as const },
      key: `k${at}`,
    }));
    expect(othersSection({ ...comparison, quantities })?.note).toMatch(/^the 12 largest of 13; /);
  });
});

describe('texts of figures', () => {
  it('have the unit of the quantity', () => {
    expect([valueText(12, 'count'), valueText(0.5, 'ratio'), valueText(null, 'us')]).toEqual([
      '12',
      '50 %',
      '–',
    ]);
  });

  it('give changes of ratios in points', () => {
    expect([changeSize(0.01, 'ratio'), changeSize(0.02, 'ratio')]).toEqual(['1 point', '2 points']);
  });

  it('mark a change of nothing as neither up nor down', () => {
    expect(signed(0, 'us')).toBe('±0 %');
  });

  it('never give a chance of zero', () => {
    expect([chance(0.000_1), chance(0.25), chance(null)]).toEqual(['<0.001', '0.250', '–']);
  });
});
