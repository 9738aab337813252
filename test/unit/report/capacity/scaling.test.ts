import { describe, expect, it } from 'vitest';
import { combineSearches, scalingOf } from '../../../../src/capacity/over-relays.ts';
import type { Scaling } from '../../../../src/capacity/schema.ts';
import { buildCapacityDocument } from '../../../../src/report/capacity/document.ts';
import { scalingSection } from '../../../../src/report/capacity/scaling.ts';
import { scalingPlot } from '../../../../src/report/capacity/scaling-plot.ts';
import { sampleOverRelays, sampleSearch } from '../../../support/sample-capacity.ts';

function rowsOf(scaling: Scaling | null): string[][] {
  const content = scalingSection({ scaling })?.content;
  const rows = content?.kind === 'table' ? content.rows : [];
  return rows.map((cells) => cells.map(({ text }) => text));
}

const noteOf = (rates: readonly number[]) => scalingSection(sampleOverRelays(rates))?.note;

describe('what a report says of scaling over relays', () => {
  it('is nothing where one number alone was searched', () => {
    expect(scalingSection({ scaling: null })).toBeNull();
  });

  it('is each limit and the coefficients, each with its interval', () => {
    const rows = rowsOf(sampleOverRelays([1_000, 1_818, 2_500]).scaling);
    expect(rows.slice(0, 3)).toEqual([
      ['1 relay', '1,000/s', '1,000/s to 1,040/s'],
      ['2 relays', '1,818/s', '1,818/s to 1,891/s'],
      ['3 relays', '2,500/s', '2,500/s to 2,600/s'],
    ]);
    expect(rows.slice(3).map(([name]) => name)).toEqual([
      'one relay, by the law',
      'α, contention',
      'β, coherence',
    ]);
  });

  it('says plainly that there is no law, why, and what is known of each limit', () => {
    const scaling = scalingOf([
      sampleSearch(1, [100, null]),
      sampleSearch(2, [null, 50]),
      sampleSearch(3, [null, null]),
    ]);
    expect(scalingSection({ scaling })?.note).toMatch(/^no law: the law needs the limits of 3 numbers/);
    expect(rowsOf(scaling).map((row) => row.slice(1))).toEqual([
      ['100/s', 'at least 100/s'],
      ['–', 'below 50/s'],
      ['–', 'unknown'],
    ]);
  });

  it('names the number of relays at which the law has its peak', () => {
    expect(noteOf([1_000, 1_000, 800])).toMatch(/^peak of the law at 1\.\d relays; /);
  });

  it('says where the law levels off, where it has no peak', () => {
    // α = 0.25, β = 0: never more than four times one relay.
    expect(noteOf([1_000, 1_600, 2_000])).toMatch(/the law levels off at (3,9\d\d|4,0\d\d)\/s; /);
  });

  it('calls what grows in proportion linear as far as it was measured', () => {
    expect(noteOf([1_000, 2_000, 3_000])).toMatch(/linear as far as measured/);
  });

  it('names the other searches among the facts', () => {
    expect(buildCapacityDocument(sampleOverRelays([100, 190, 270])).headline.facts).toContain(
      'searched with 1, 2 as well',
    );
  });
});

describe('the plot of scaling over relays', () => {
  const labels = (scaling: Scaling | null) =>
    scaling === null ? [] : (scalingPlot(scaling, 'events')?.series ?? []).map(({ label }) => label);

  it('has both ends of each limit, the law, and what is in proportion', () => {
    const { scaling } = sampleOverRelays([1_000, 1_818, 2_500]);
    expect(labels(scaling)).toEqual(['in proportion', 'by the law', 'does not', 'holds every gate']);
    const [proportion, law] = scaling === null ? [] : (scalingPlot(scaling, 'events')?.series ?? []);
    expect(proportion?.points.at(-1)).toEqual([3, 3_000]);
    expect(law?.points.at(-1)?.[1]).toBeCloseTo(2_500, 0);
  });

  it('has no law with two numbers, and no proportion where the first limit is unknown', () => {
    const searches = [sampleSearch(1, [null, 50]), sampleSearch(2, [190, 198])];
    expect(labels(combineSearches(searches)?.scaling ?? null)).toEqual(['does not', 'holds every gate']);
  });

  it('is none with one number of relays', () => {
    expect(labels(combineSearches([sampleSearch(1, [100, 104])])?.scaling ?? null)).toEqual([]);
  });
});
