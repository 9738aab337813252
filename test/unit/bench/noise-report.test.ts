import { describe, expect, test } from 'vitest';
import {
  findingTable,
  findsInRuns,
  type Judge,
  noiseOf,
  noiseTable,
  type RunOfLatency,
} from '../../../bench/noise-report.mjs';
import { createRandom } from '../../../src/base/random.ts';

/** A run whose p95 is known to so much (a standard error) by its seconds, and to half of that if its samples were independent. */
function run(p95_us: number, error: number): RunOfLatency {
  const by = (errors: number): number => p95_us * Math.exp(errors * error);
  return { p95_us, samples_us: [by(-0.5), by(0.5)], seconds_us: [by(-1.96), by(1.96)] };
}

describe('where the noise of runs comes from', () => {
  test('what the seconds explain and what is left between runs add up to it', () => {
    const { total, sampling, within, between } = noiseOf([900, 1_000, 1_100].map((p95) => run(p95, 0.06)));
    expect(total).toBeCloseTo(0.1, 2);
    expect(sampling).toBeCloseTo(0.03, 6);
    expect(within).toBeCloseTo(0.06, 6);
    expect((within ?? 0) ** 2 + (between ?? 0) ** 2).toBeCloseTo(total ** 2, 9);
  });

  test('nothing is left between runs that differ by less than chance within them', () => {
    expect(noiseOf([run(1_000, 0.1), run(1_001, 0.1)]).between).toBe(0);
  });

  test('what the machine does over minutes is left out between neighbours', () => {
    const drifting = Array.from({ length: 20 }, (_, at) => run(1_000 * Math.exp(0.05 * at), 0.01));
    const { total, neighbours } = noiseOf(drifting);
    expect(total).toBeGreaterThan(0.25);
    expect(neighbours).toBeCloseTo(0.05 / Math.SQRT2, 6);
  });

  test('runs whose seconds bound nothing from above say nothing of it', () => {
    const open = { ...run(1_000, 0.1), seconds_us: [900, null] as const };
    expect(noiseOf([open, open])).toMatchObject({ within: null, between: null });
  });
});

describe('what ab finds in runs', () => {
  const random = () => createRandom(3, 'noise-report');
  const runs = Array.from({ length: 20 }, (_, at) => at);

  test('draws no run for both sides, and asks fresh pairs again', () => {
    const drawn: number[][] = [];
    const judge: Judge<number> = (base, candidate) => {
      drawn.push([...base, ...candidate]);
      return [true];
    };
    const source = random();
    expect(findsInRuns(runs, { slowdown: 1, trials: 50, judge, random: () => source.next() })).toBe(1);
    expect(drawn).toHaveLength(100);
    for (const one of drawn) expect(new Set(one).size).toBe(10);
  });

  test('counts only what is worse again in the same figure', () => {
    let call = 0;
    const judge: Judge<number> = () => (call++ % 2 === 0 ? [true, false] : [false, true]);
    const source = random();
    expect(findsInRuns(runs, { slowdown: 1, trials: 10, judge, random: () => source.next() })).toBe(0);
  });
});

describe('the tables', () => {
  const variant = (name: string, p95s: readonly number[]) => ({
    name,
    latencies: Object.fromEntries(
      ['ack_latency', 'eose_latency', 'delivery_latency'].map((key) => [
        key,
        p95s.map((p95) => run(p95, 0.01)),
      ]),
    ),
  });

  test('hold the noise of the last variant against its goal', () => {
    const noisy = variant('before', [800, 1_000, 1_200]);
    const quiet = variant('after', [990, 1_000, 1_010]);
    expect(noiseTable([noisy, quiet]).targets).toMatchObject([{ isMet: true }]);
    expect(noiseTable([quiet, noisy]).targets).toMatchObject([{ isMet: false }]);
    expect(noiseTable([noisy, quiet]).rows).toHaveLength(6);
  });

  test('want false alarms to be rare everywhere, and +10 % to be found in the last variant', () => {
    const met = (...variants: Parameters<typeof findingTable>[0][number][]) =>
      findingTable(variants).targets.map(({ isMet }) => isMet);
    const good = { name: 'after', alike: 0.01, slower: 0.93, slowest: 1 };
    expect(met({ ...good, slower: 0.1 }, good)).toEqual([true, true]);
    expect(met({ ...good, alike: 0.06 }, good)).toEqual([false, true]);
    expect(met(good, { ...good, slower: 0.89 })).toEqual([true, false]);
  });
});
