import { describe, expect, test } from 'vitest';
import { forecastCosts } from '../../../bench/scaling-costs.mjs';
import { type Costs, findLimit, holds, type Setup, simulateStep } from '../../../bench/scaling-model.mjs';
import { createRandom } from '../../../src/base/random.ts';
import { assumed } from '../../../src/capacity/assumptions.ts';

const FREE: Costs = {
  ...forecastCosts(assumed()),
  ...{ generator_us: 0, balancer_us: 0, loop_us: 0, told_us: 0, verify_us: 0, primary_us: 0 },
  ...{ replica_us: 0, redis_us: 0, caches_us: 0 },
};

function step(changes: Partial<Setup> & { readonly costs: Costs }) {
  const random = createRandom(3, 'model').next;
  const setup = { relays: 1, replicas: 2, cores: 64, rate_per_s: 100, warmup_s: 1, duration_s: 4, random };
  return simulateStep({ ...setup, ...changes });
}

const limit = (changes: Partial<Setup> & { readonly costs: Costs }) =>
  findLimit((rate_per_s) => step({ ...changes, rate_per_s }), { start_per_s: 125, tolerance: 0.03 }).low ?? 0;

describe('a simulated step', () => {
  test('of a light load takes what the parts on its way take, and no more', () => {
    const costs = {
      ...FREE,
      generator_us: 10,
      balancer_us: 20,
      loop_us: 100,
      verify_us: 250,
      primary_us: 120,
      wait_us: 500,
    };
    const found = step({ costs });
    expect(found).toMatchObject({ offered_per_s: 100, achieved_per_s: 100, unanswered: 0 });
    // What follows a commit (replay, Redis, caches) is nobody's wait.
    expect(found.mean_us).toBeCloseTo(1_000, 0);
    expect(found.p99_us).toBeCloseTo(1_000, 0);
  });

  test('beyond the slowest part achieves what that part can, and its queue has no end', () => {
    const found = step({ costs: { ...FREE, verify_us: 10_000 }, rate_per_s: 200 });
    expect(found.achieved_per_s).toBeCloseTo(100, 0);
    expect(holds(found)).toBe(false);
  });

  test('counts what is not answered in time, above every percentile', () => {
    const found = step({ costs: { ...FREE, verify_us: 100_000 }, rate_per_s: 100 });
    expect(found.unanswered).toBeGreaterThan(300);
    expect(found.p95_us).toBeNull();
  });

  test('is the same for the same seed', () => {
    const costs = { ...forecastCosts(assumed()), own_cores: { ...FREE.own_cores, relay: 0.3, primary: 0.2 } };
    expect(step({ costs, cores: 2 })).toEqual(step({ costs, cores: 2 }));
  });

  test('is slower where parts have work of their own', () => {
    const costs = { ...FREE, loop_us: 100 };
    const busy = { ...costs, own_cores: { ...FREE.own_cores, relay: 0.5 } };
    expect(step({ costs: busy }).mean_us ?? 0).toBeGreaterThan((step({ costs }).mean_us ?? 0) * 2);
  });

  test('commits together what came while the commit before was on its way', () => {
    // A commit of 20 ms carries 50 a second, were there no batches.
    const found = step({ costs: { ...FREE, commit_us: 20_000 }, rate_per_s: 1_000 });
    expect(holds(found)).toBe(true);
    expect(found.mean_us).toBeGreaterThan(20_000);
    expect(found.mean_us).toBeLessThan(40_000);
  });
});

describe('the limit of a simulated stack', () => {
  test('is that of its slowest part', () => {
    const found = limit({ costs: { ...FREE, verify_us: 1_000 } });
    expect(found).toBeGreaterThan(950);
    expect(found).toBeLessThan(1_040);
  });

  test('grows in proportion where each relay has its cores, and nothing is told', () => {
    const costs = { ...FREE, verify_us: 1_000 };
    expect(limit({ costs, relays: 3 }) / limit({ costs, relays: 1 })).toBeCloseTo(3, 0);
  });

  test('does not grow where one core does everything', () => {
    const costs = { ...FREE, verify_us: 1_000 };
    expect(limit({ costs, relays: 3, cores: 1 }) / limit({ costs, relays: 1, cores: 1 })).toBeCloseTo(1, 1);
  });

  test('grows less than in proportion where every relay hears of every event', () => {
    const costs = { ...FREE, loop_us: 1_000, told_us: 500 };
    const [one, two] = [limit({ costs, relays: 1 }), limit({ costs, relays: 2 })];
    // Each of two relays does half of the events and hears of the other half: 750 µs an event of both.
    expect(two / one).toBeGreaterThan(1.2);
    expect(two / one).toBeLessThan(1.45);
  });

  test('has no upper end where nothing breaks, and no lower one where nothing holds', () => {
    const good = { p95_us: 1, achieved_per_s: 1, offered_per_s: 1, unanswered: 0 };
    const options = { start_per_s: 100, tolerance: 0.03, most_per_s: 1_000 };
    expect(findLimit(() => good, options)).toEqual({ low: 800, high: null });
    expect(findLimit(() => ({ ...good, p95_us: null }), options).low).toBeNull();
  });
});

describe('a step holds', () => {
  const good = { p95_us: 99_000, achieved_per_s: 99.5, offered_per_s: 100, unanswered: 0 };
  test.each([
    [true, {}],
    [false, { p95_us: 100_000 }],
    [false, { p95_us: null }],
    [false, { achieved_per_s: 98 }],
    [false, { unanswered: 1 }],
  ])('%j: %j', (expected, changes) => {
    expect(holds({ ...good, ...changes })).toBe(expected);
  });
});
