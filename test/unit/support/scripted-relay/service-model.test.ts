import { describe, expect, it } from 'vitest';
import { delayMs, ServiceModel } from '../../../support/scripted-relay/service-model.ts';

const MS = 1e6;

/** Latency in ms of each of `count` events that arrive every `gapMs`. */
function latencies(model: ServiceModel, count: number, gapMs: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const arrival = 5_000 * MS + i * gapMs * MS;
    return Math.round((model.replyAtNs(arrival) - arrival) / 1_000) / 1_000;
  });
}

describe('the service model of the scripted relay', () => {
  it('answers at once without a script', () => {
    expect(latencies(new ServiceModel({}), 3, 1)).toEqual([0, 0, 0]);
  });

  it('delays every answer exactly', () => {
    const model = new ServiceModel({ delay: { kind: 'exact', ms: 50 } });
    expect(latencies(model, 3, 1)).toEqual([50, 50, 50]);
  });

  it('serves one after the other at its capacity, so that an overload grows without bound', () => {
    const model = new ServiceModel({ capacity_per_s: 500 });
    expect(latencies(model, 4, 1)).toEqual([2, 3, 4, 5]);
  });

  it('holds everything back while it is frozen', () => {
    const model = new ServiceModel({ freeze: { everyMs: 10, forMs: 4 } });
    expect(latencies(model, 12, 1)).toEqual([0, 0, 0, 4, 3, 2, 1, 0, 0, 0, 0, 0]);
  });

  it('drains what a freeze held back at its capacity', () => {
    const model = new ServiceModel({ freeze: { everyMs: 10, forMs: 2 }, capacity_per_s: 2_000 });
    expect(latencies(model, 14, 1)).toEqual([
      0.5, 0.5, 0.5, 0.5, 2.5, 2, 1.5, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5,
    ]);
  });
});

describe('a bimodal delay', () => {
  const delay = { kind: 'bimodal', fastMs: 10, slowMs: 200, slowEvery: 20, seed: 1 } as const;
  const places = (seed: number): number[] =>
    Array.from({ length: 2_000 }, (_, n) => n).filter((n) => delayMs({ ...delay, seed }, n) === 200);

  it('is slow exactly once in every block', () => {
    expect(places(1).map((n) => Math.floor(n / 20))).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  it('is slow at varying places that depend on the seed alone', () => {
    expect(new Set(places(1).map((n) => n % 20)).size).toBeGreaterThan(10);
    expect(places(1)).toEqual(places(1));
    expect(places(1)).not.toEqual(places(2));
  });
});
