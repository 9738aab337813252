import { describe, expect, it } from 'vitest';
import { type Histograms, judgeSingle } from '../../../src/compare/judge-single.ts';
import type { Sides } from '../../../src/compare/judged.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';

const judge = (base: number | null, candidate: number | null, changes: Partial<Sides> = {}) =>
  judgeSingle(
    {
      key: 'notices',
      series: 'notices',
      aggregation: 'count',
      unit: 'count',
      direction: 'lower',
      base: [base],
      candidate: [candidate],
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
  const p95 = (aggregation: string, histograms: Histograms = [histogram, histogram]) =>
    judgeSingle(
      {
        key: `ack_latency ${aggregation}`,
        series: 'ack_latency',
        aggregation,
        unit: 'us',
        direction: 'lower',
        base: [1_950],
        candidate: [1_950],
      },
      0.2,
      histograms,
    );

  it('lies between the factors of the ends of both ranks', () => {
    // The rank of p95 of 1,000 is 950 ± 1.96 √(1,000 × 0.95 × 0.05) = 936.5 to 963.5.
    const { changeLow, changeHigh } = p95('p95');
    expect(changeLow).toBeCloseTo(1_937 / 1_964 - 1, 3);
    expect(changeHigh).toBeCloseTo(1_964 / 1_937 - 1, 3);
  });

  it.each([
    ['of which the run kept no histogram', null],
    ['of too few samples on one side', [histogram, new LatencyHistogram()]],
    ['of too few samples on the other', [new LatencyHistogram(), histogram]],
    ['of a base that took no time', [instant, histogram]],
  ] as const)('is unknown for one %s', (_, histograms) => {
    expect(p95('p95', histograms)).toMatchObject({ changeLow: null, changeHigh: null });
  });

  it('is unknown for what is no percentile', () => {
    expect(p95('max')).toMatchObject({ changeLow: null, changeHigh: null });
  });
});
