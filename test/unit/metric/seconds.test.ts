import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { rankInterval, worthOf } from '../../../src/metric/effective.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';
import { SecondsOfLatency } from '../../../src/metric/seconds.ts';

const random = createRandom(3, 'seconds-test');
const normal = (): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
const Z95 = 1.645;

/** A run of latencies of which each resembles the one before. */
function run({ seconds = 60, rate = 50, memory = 0, lost = 0 }) {
  const [whole, bySecond] = [new LatencyHistogram(), new SecondsOfLatency()];
  let state = normal();
  for (let second = 0; second < seconds; second++) {
    const one = new LatencyHistogram();
    for (let at = 0; at < rate; at++) {
      state = memory * state + Math.sqrt(1 - memory ** 2) * normal();
      if (random.next() < lost) one.censor();
      else one.record(200 * Math.exp(0.5 * state));
    }
    whole.addDelta(one.toDelta());
    bySecond.add(second, one.toDelta());
  }
  return bySecond.effective(whole);
}

describe('the worth of samples', () => {
  it.each([0, 0.9])(
    'gives a p95 an interval that holds the true one at an autocorrelation of %d',
    (memory) => {
      const truth = 200 * Math.exp(0.5 * Z95);
      const held = Array.from({ length: 150 }, () => run({ memory }).p95).filter(
        (p95) => p95 !== undefined && p95.low_us <= truth && truth <= (p95.high_us ?? truth),
      );
      expect(held.length / 150).toBeGreaterThan(0.88);
    },
  );

  it('is their number where they are independent, and far less where each resembles the last', () => {
    const mean = (memory: number): number =>
      Array.from({ length: 20 }, () => run({ memory }).p50?.samples ?? 0).reduce((a, b) => a + b) / 20;
    expect(mean(0)).toBeGreaterThan(2_000);
    expect(mean(0.9)).toBeLessThan(500);
  });

  it('never exceeds their number', () => {
    for (let at = 0; at < 20; at++) expect(run({}).p50?.samples).toBeLessThanOrEqual(3_000);
  });

  it('leaves a percentile open above where its upper end lies among the unanswered', () => {
    expect(run({ lost: 0.045 }).p95?.high_us).toBeNull();
    expect(run({ lost: 0.045 }).p50?.high_us).toBeGreaterThan(0);
  });

  it('is not told of a run that is too short, nor where all seconds are alike', () => {
    expect(run({ seconds: 5, rate: 200 })).toEqual({});
    expect(worthOf(Array(10).fill({ count: 5, above: 0 }))).toBeNull();
  });

  it('keeps its size over a day', () => {
    const [whole, bySecond, one] = [new LatencyHistogram(), new SecondsOfLatency(), new LatencyHistogram()];
    for (let second = 0; second < 86_400; second += 60) {
      one.reset();
      for (let at = 0; at < 3; at++) one.record(100 + 50 * random.next());
      whole.addDelta(one.toDelta());
      bySecond.add(second, one.toDelta());
    }
    expect(bySecond.effective(whole).p50?.samples).toBeGreaterThan(1_000);
  });
});

describe('the interval of a rank', () => {
  it.each([
    [0.95, 10_000, 0.9457, 0.9544],
    [0.99, 10_000, 0.988, 0.9921],
  ])('of %d in %d independent samples is that of the binomial distribution', (share, samples, low, high) => {
    const found = rankInterval(share, { samples, freedom: null });
    expect(found[0]).toBeCloseTo(low, 3);
    expect(found[1]).toBeCloseTo(high, 3);
  });

  it('has no upper end below 72 samples for p95 and 368 for p99', () => {
    for (const [share, least] of [
      [0.95, 72],
      [0.99, 368],
    ] as const) {
      expect(rankInterval(share, { samples: least - 1, freedom: null })[1]).toBeNull();
      expect(rankInterval(share, { samples: least + 40, freedom: null })[1]).not.toBeNull();
    }
  });
});
