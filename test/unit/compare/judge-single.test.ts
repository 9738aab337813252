import { describe, expect, it } from 'vitest';
import { judgeSingle, type Summaries } from '../../../src/compare/judge-single.ts';
import type { Sides } from '../../../src/compare/judged.ts';
import { exactly } from '../../../src/metric/bound.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';

const judge = (base: number | null, candidate: number | null, changes: Partial<Sides> = {}) =>
  judgeSingle(
    {
      key: 'notices',
      series: 'notices',
      aggregation: 'count',
      unit: 'count',
      direction: 'lower',
      base: [base === null ? null : exactly(base)],
      candidate: [candidate === null ? null : exactly(candidate)],
      ...changes,
    },
    0.2,
    null,
  );

describe('the verdict on a quantity of one run a side', () => {
  it('is no change up to the tolerance, and one beyond it', () => {
    expect(judge(10, 12)).toMatchObject({ verdict: 'same', change: 0.2, threshold: 0.2 });
    expect(judge(10, 8)).toMatchObject({ verdict: 'same', change: -0.2 });
    expect(judge(10, 12.01).verdict).toBe('worse');
    expect(judge(10, 7.99).verdict).toBe('better');
  });

  it('turns round where more is better', () => {
    const higher = { direction: 'higher' } as const;
    expect(judge(10, 15, higher).verdict).toBe('better');
    expect(judge(10, 5, higher).verdict).toBe('worse');
  });

  it('has no size where there was none before, and is still a change', () => {
    expect(judge(0, 1)).toMatchObject({ change: null, verdict: 'worse' });
    expect(judge(0, 0)).toMatchObject({ change: 0, verdict: 'same' });
  });

  it('holds ratios against one percentage point, whatever the tolerance', () => {
    const ratio = { unit: 'ratio', direction: 'higher' } as const;
    expect(judge(0.5, 0.4925, ratio)).toMatchObject({ verdict: 'same', threshold: 0.01 });
    expect(judge(0.5, 0.4875, ratio).verdict).toBe('worse');
  });

  it('is none where one of the runs has no value', () => {
    for (const found of [judge(null, 1), judge(1, null)]) {
      expect(found).toMatchObject({ verdict: 'inconclusive', reason: 'one of the runs has no value' });
    }
  });
});

describe('the interval of a percentile', () => {
  const histogram = new LatencyHistogram();
  for (let value = 1_001; value <= 2_000; value++) histogram.record(value);
  const instant = new LatencyHistogram();
  for (let n = 0; n < 1_000; n++) instant.record(0);
  const summary = histogram.summary();
  const empty = new LatencyHistogram().summary();
  const p95 = (aggregation: string, summaries: Summaries = [summary, summary]) =>
    judgeSingle(
      {
        key: `ack_latency ${aggregation}`,
        series: 'ack_latency',
        aggregation,
        unit: 'us',
        direction: 'lower',
        base: [exactly(1_950)],
        candidate: [exactly(1_950)],
      },
      0.2,
      summaries,
    );

  it('reaches as far as both ranks together, taken as independent', () => {
    // The rank of p95 of 1,000 is 950 ± 1.96 √(1,000 × 0.95 × 0.05) = 936.5 to 963.5.
    const { changeLow, changeHigh } = p95('p95');
    const reach = Math.SQRT2 * Math.log(1_950 / 1_937);
    expect(changeLow).toBeCloseTo(-reach, 2);
    expect(changeHigh).toBeCloseTo(reach, 2);
  });

  it('is that of the seconds of the run where the record has it', () => {
    const known = { ...summary, effective: { p95: { samples: 40, low_us: 1_300, high_us: null } } };
    expect(p95('p95', [summary, known])).toMatchObject({ changeHigh: null });
    expect(p95('p95', [summary, known]).changeLow).toBeCloseTo(1_300 / 1_950 - 1, 1);
  });

  it.each([
    ['of which the run kept no histogram', null],
    ['of too few samples on one side', [summary, empty]],
    ['of too few samples on the other', [empty, summary]],
    ['of a base that took no time', [instant.summary(), summary]],
  ] as const)('is unknown for one %s', (_, summaries) => {
    expect(p95('p95', summaries)).toMatchObject({ changeLow: null, changeHigh: null });
  });

  it('is unknown for what is no percentile', () => {
    expect(p95('max')).toMatchObject({ changeLow: null, changeHigh: null });
  });
});
