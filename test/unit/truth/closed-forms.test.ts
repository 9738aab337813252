import { describe, expect, it } from 'vitest';
import type { ServiceScript } from '../../support/scripted-relay/script.ts';
import { ServiceModel } from '../../support/scripted-relay/service-model.ts';
import {
  overloadQuantileMs,
  type PeriodicStall,
  spacedDeliveryMs,
  stalledShare,
  stallMeanMs,
  stallQuantileMs,
} from '../../truth/closed-forms.ts';

/** Latencies in ms, ascending, of constant arrivals at the scripted relay's own model. */
function simulate(service: ServiceScript, rate_per_s: number, forMs: number): number[] {
  const model = new ServiceModel(service);
  const count = Math.round((rate_per_s * forMs) / 1_000);
  const latencies = Array.from({ length: count }, (_, i) => {
    const arrivalNs = (i * 1e9) / rate_per_s;
    return (model.replyAtNs(arrivalNs) - arrivalNs) / 1e6;
  });
  return latencies.sort((a, b) => a - b);
}

const quantile = (sorted: number[], q: number): number =>
  sorted[Math.ceil(q * sorted.length) - 1] ?? Number.NaN;
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the closed form of a periodic stall', () => {
  const stall: PeriodicStall = {
    delayMs: 0,
    stallMs: 1_000,
    periodMs: 10_000,
    rate_per_s: 500,
    capacity_per_s: 5_000,
  };

  it('gives the figures of a 1 s stall every 10 s', () => {
    expect(stallQuantileMs(stall, 0.95)).toBeCloseTo(550, 6);
    expect(stallQuantileMs({ ...stall, capacity_per_s: Number.POSITIVE_INFINITY }, 0.95)).toBeCloseTo(500, 6);
    expect(stallQuantileMs({ ...stall, capacity_per_s: 1_000 }, 0.99)).toBeCloseTo(950, 6);
    expect(stallMeanMs({ ...stall, capacity_per_s: 1_000 })).toBeCloseTo(100, 6);
    expect(stallQuantileMs(stall, 0.5)).toBe(0);
  });

  it.each([
    [stall],
    [{ ...stall, capacity_per_s: 1_000 }],
    [{ ...stall, stallMs: 200, periodMs: 1_000, delayMs: 10, capacity_per_s: 2_000 }],
  ])('agrees with a simulation of %j', (form) => {
    const sorted = simulate(
      {
        delay: { kind: 'exact', ms: form.delayMs },
        freeze: { everyMs: form.periodMs, forMs: form.stallMs },
        capacity_per_s: form.capacity_per_s,
      },
      form.rate_per_s,
      6 * form.periodMs,
    );
    // The stalls are whole; what remains is the step from one arrival to the next.
    const step = 1_000 / form.rate_per_s + 1;
    for (const q of [0.95, 0.97, 0.99]) {
      expect(Math.abs(quantile(sorted, q) - stallQuantileMs(form, q))).toBeLessThan(
        0.02 * form.stallMs + step,
      );
    }
    expect(Math.abs(mean(sorted) - stallMeanMs(form))).toBeLessThan(1.5);
  });

  it('says which share of arrivals is stalled', () => {
    expect(stalledShare({ ...stall, capacity_per_s: 1_000 })).toBeCloseTo(0.2, 10);
  });
});

it('agrees with a simulation of an overload', () => {
  const overload = { rate_per_s: 500, capacity_per_s: 300, forMs: 10_000 };
  const sorted = simulate({ capacity_per_s: 300 }, 500, 10_000);
  for (const q of [0.25, 0.5, 0.99, 1]) {
    expect(Math.abs(quantile(sorted, q) - overloadQuantileMs(overload, q))).toBeLessThan(5);
  }
});

it('spaces deliveries over subscribers', () => {
  expect([0.5, 0.99, 1].map((q) => spacedDeliveryMs(200, 1, q))).toEqual([100, 198, 200]);
});
