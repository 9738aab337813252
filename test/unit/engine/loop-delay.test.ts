import { describe, expect, it } from 'vitest';
import { recordByTime, type TickHistogram } from '../../../src/engine/worker/loop-delay.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';

const NS_PER_MS = 1_000_000;

function delaysOf(...gaps_ms: readonly number[]): LatencyHistogram {
  const delays = new LatencyHistogram();
  recordByTime(ticksOf(gaps_ms), delays);
  return delays;
}

function gapsOf(...gaps_ms: readonly number[]): readonly number[] {
  return recordByTime(ticksOf(gaps_ms), new LatencyHistogram());
}

/** Ticks as the runtime gives them, from its gaps in ms. */
function ticksOf(gaps_ms: readonly number[]): TickHistogram {
  const sorted = [...gaps_ms].sort((a, b) => a - b);
  const at = (percentile: number): number =>
    (sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)] ?? 0) * NS_PER_MS;
  const steps = [0, 50, 75, 87.5, 93.75, 96.875, 98.4375, 99.21875, 99.609375, 100];
  return { count: gaps_ms.length, percentiles: new Map(steps.map((step) => [step, at(step)] as const)) };
}

const onTime = (ticks: number): number[] => Array.from({ length: ticks }, () => 10);

describe('the delay of the event loop', () => {
  it('is none where every tick came after its period', () => {
    const delays = delaysOf(...onTime(100));
    expect([delays.count, delays.max_us]).toEqual([100, 0]);
  });

  it('weighs a gap by the time that it took, not as one tick among many', () => {
    // One gap of 410 ms in a second: what is due at a random moment of it meets the gap with a chance of two in five.
    const delays = delaysOf(...onTime(59), 410);
    expect(delays.max_us).toBe(400_000);
    expect(delays.countAbove(0) / delays.count).toBeCloseTo(0.4, 1);
    expect(delays.percentile(80)).toBeGreaterThan(190_000);
    expect(delays.percentile(80)).toBeLessThan(211_000);
  });

  it('tells each long gap by itself', () => {
    expect(gapsOf(...onTime(59), 410)).toEqual([400_000]);
    expect(gapsOf(...onTime(20), 15, 30, 40)).toHaveLength(2);
    expect(gapsOf(...onTime(100))).toEqual([]);
  });

  it('has nothing to say where the loop never ticked', () => {
    expect(delaysOf().count).toBe(0);
  });
});
