import { describe, expect, test } from 'vitest';
import { forecastCosts } from '../../../bench/scaling-costs.mjs';
import { errorOf, errorOfLimit, reportOf, targetText } from '../../../bench/scaling-report.mjs';
import { assumed } from '../../../src/capacity/assumptions.ts';
import { scalingOf } from '../../../src/capacity/over-relays.ts';
import { sampleSearch } from '../../support/sample-capacity.ts';

const START = {
  at: '2026-01-02T03:04:05.000Z',
  machine: { cpuModel: 'A CPU', cpus: 2, kernel: '6.1', node: 'v20' },
  busy_cores: 0.1,
};
const COSTS = forecastCosts(assumed());

function report(scaling: object) {
  return reportOf({
    ...{ start: START, scenario: 'publish', cores: 2, scaling, costs: { measured: COSTS, forecast: COSTS } },
    points: [
      { relays: 1, measured: { low: 1_000, high: 1_040 }, simulated: 1_020, byForecast: 1_300, apart: 4_000 },
      { relays: 2, measured: { low: 900, high: null }, simulated: 850, byForecast: 1_200, apart: 8_000 },
      { relays: 6, measured: null, simulated: 700, byForecast: null, apart: 24_000 },
    ],
    curve: [
      {
        ...{ relays: 1, offered_per_s: 500 },
        measured: { verdict: 'held', achieved_per_s: 500, mean_us: 4_000, p95_us: 9_000 },
        simulated: { achieved_per_s: 500, mean_us: 3_000, p95_us: null },
      },
    ],
    planning: { columns: ['users', '>10,000'], rows: [['relays', '1']] },
  });
}

describe('the tables of scaling', () => {
  const text = report(scalingOf([sampleSearch(1, [1_000, 1_040]), sampleSearch(2, [900, null])]));

  test('have the measured limit beside each simulated one, with its error', () => {
    expect(text).toContain('| 1 | 1,000/s to 1,040/s | 1,020/s | +0 % | 1,300/s | +25 % | 4,000/s |');
    expect(text).toContain('| 2 | at least 900/s | 850/s | – | 1,200/s | – | 8,000/s |');
    expect(text).toContain('| 6 | not measured | 700/s | – | none holds | – | 24,000/s |');
  });

  test('have the curve, and nothing where it was not answered in time', () => {
    expect(text).toContain('| 1 | 500/s | 500/s | 500/s | 4 ms | 3 ms | −25 % | 9 ms | – |');
  });

  test('say which target is met, which is not, and which nobody can tell', () => {
    expect(text).toContain('limit within 20 % of the measured one: not decided (1 of 2 known)');
    expect(text).toContain('throughput that holds within 20 %: met (worst +0 %)');
    expect(text).toContain('mean latency that holds within 20 %: NOT met (worst −25 %)');
  });

  test('say where and when, and why there is no law', () => {
    expect(text).toContain('_2026-01-02: A CPU, 2 CPUs');
    expect(text).toContain('No law: the law needs the limits of 3 numbers of relays, 2 were measured.');
  });

  test('have the law with its intervals where there is one', () => {
    const three = [1, 2, 3].map((relays) => {
      const rate = (1_000 * relays) / (1 + 0.1 * (relays - 1));
      return sampleSearch(relays, [rate, rate * 1.04]);
    });
    expect(report(scalingOf(three))).toMatch(/X₁ = 1,000 \([\d,]+ to [\d,]+\) events\/s, α = 0\.1 \(/);
  });

  test('are the tables of `capacity --for` as well, and every row has as many cells as its head', () => {
    expect(text).toContain('| relays | 1 |');
    for (const table of text.split('\n\n').filter((block) => block.startsWith('|'))) {
      const cells = table.split('\n').map((row) => row.split('|').length);
      expect(new Set(cells).size, table).toBe(1);
    }
  });
});

describe('errors', () => {
  test('are a share of what was measured', () => {
    expect(errorOf(100, 120)).toBeCloseTo(0.2, 10);
    expect(errorOf(null, 120)).toBeNull();
    expect(errorOf(100, null)).toBeNull();
  });

  test('of a limit begin outside of its ends', () => {
    expect(errorOfLimit({ low: 100, high: 110 }, 105)).toBe(0);
    expect(errorOfLimit({ low: 100, high: 110 }, 90)).toBeCloseTo(-0.1, 10);
    expect(errorOfLimit({ low: 100, high: 110 }, 121)).toBeCloseTo(0.1, 10);
    expect(errorOfLimit({ low: 100, high: null }, 121)).toBeNull();
  });

  test('of a limit are all of it where no simulated rate holds, and unknown where it was hardly measured', () => {
    expect(errorOfLimit({ low: 100, high: 110 }, null)).toBe(-1);
    expect(errorOfLimit({ low: 100, high: 150 }, 120)).toBeNull();
  });

  test('decide a target only where all of them are known', () => {
    expect(targetText('x', [0.1, -0.2])).toBe('- target x: met (worst −20 %)');
    expect(targetText('x', [0.1, -0.3])).toBe('- target x: NOT met (worst −30 %)');
    expect(targetText('x', [null])).toBe('- target x: not decided (0 of 1 known)');
    expect(targetText('x', [])).toBe('- target x: not decided (0 of 0 known)');
  });
});
