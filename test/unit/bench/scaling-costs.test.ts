import { describe, expect, test } from 'vitest';
import {
  coresOf,
  forecastCosts,
  lineThrough,
  measuredCosts,
  type UsedCores,
  withWait,
} from '../../../bench/scaling-costs.mjs';
import { assumed } from '../../../src/capacity/assumptions.ts';

const FORECAST = forecastCosts(assumed());
const OF_ONE = { haproxy: 0.02, 'relay-1': 0.4, 'postgres-1': 0.2, 'postgres-2': 0.04, 'postgres-3': 0.08 };

/** A run in which the parts used these cores. */
function record(cores: Readonly<Record<string, number>>, generator = 0.05): UsedCores {
  const components = Object.entries(cores).map(([name, cpuShare]) => ({ name, cpuShare }));
  return { components, generator: { cpuShare: generator, workers: 2 } };
}

describe('what the parts used', () => {
  test('is added up by part: balancers and caches together, one replica for all, every worker of the generator', () => {
    const others = {
      'haproxy-db': 0.01,
      'cache-1': 0.01,
      'cache-2': 0.02,
      pubsub: 0.03,
      supervisor: 0.04,
      watcher: 0.01,
    };
    expect(coresOf(record({ ...OF_ONE, ...others }))).toEqual({
      ...{ generator: 0.1, balancer: 0.03, relay: 0.4, primary: 0.2, replica: 0.06, redis: 0.03 },
      ...{ caches: 0.03, others: 0.05 },
    });
  });

  test('is nothing of a part that is not there or could not be read', () => {
    const components = [{ name: 'relay-1', cpuShare: null }];
    const used = coresOf({ components, generator: { cpuShare: null, workers: 1 } });
    expect(Object.values(used).every((cores) => cores === 0)).toBe(true);
  });
});

describe('a line through cores by rate', () => {
  test('splits what a part does by itself from what an event adds', () => {
    const points = [100, 200, 400].map((rate) => [rate, 0.1 + rate * 250e-6] as const);
    const { own_cores, event_us } = lineThrough(points);
    expect(own_cores).toBeCloseTo(0.1, 10);
    expect(event_us).toBeCloseTo(250, 6);
  });

  test('goes through zero with one rate, and where it would begin below', () => {
    expect(lineThrough([[100, 0.05]])).toMatchObject({ own_cores: 0, event_us: expect.closeTo(500, 6) });
    expect(
      lineThrough([
        [100, 0.01],
        [200, 0.04],
      ]).own_cores,
    ).toBe(0);
  });

  test('is flat where an event adds nothing', () => {
    expect(
      lineThrough([
        [100, 0.03],
        [200, 0.01],
      ]),
    ).toEqual({ own_cores: 0.02, event_us: 0 });
  });
});

describe('costs from the steps of a search', () => {
  const steps = [100, 1_000].map((rate) => ({
    rate_per_s: rate,
    record: record({ 'relay-1': 0.05 + rate * 400e-6, 'postgres-1': rate * 150e-6, haproxy: rate * 30e-6 }),
  }));

  test('are those of its parts; what one relay can’t show is as in the forecast', () => {
    const costs = measuredCosts(steps, FORECAST);
    expect(costs.primary_us).toBeCloseTo(150, 3);
    expect(costs.balancer_us).toBeCloseTo(30, 3);
    expect(costs.own_cores.relay).toBeCloseTo(0.05, 6);
    expect(costs.told_us).toBe(FORECAST.told_us);
  });

  test('split the relay into the thread that verifies and its event loop', () => {
    const { loop_us, verify_us } = measuredCosts(steps, FORECAST);
    expect(verify_us).toBe(FORECAST.verify_us);
    expect(loop_us + verify_us).toBeCloseTo(400, 3);
  });

  test('leave something to the event loop where a relay takes less than a signature should', () => {
    const cheap = steps.map(({ rate_per_s }) => ({
      rate_per_s,
      record: record({ 'relay-1': rate_per_s * 100e-6 }),
    }));
    expect(measuredCosts(cheap, FORECAST).verify_us).toBeCloseTo(80, 3);
  });

  test('are none without a step', () => {
    expect(() => measuredCosts([], FORECAST)).toThrow('nothing to take costs from');
  });
});

describe('the waiting that is no CPU', () => {
  test('is what the lightest step took longer than its simulation', () => {
    const simulate = ({ wait_us }: { wait_us: number }) => ({ mean_us: 800 + wait_us });
    expect(withWait(FORECAST, { mean_us: 3_000 }, simulate).wait_us).toBe(2_200);
  });

  test('is less than that where events wait for the commit before, too', () => {
    const simulate = ({ wait_us }: { wait_us: number }) => ({ mean_us: 800 + 1.5 * wait_us });
    expect(withWait(FORECAST, { mean_us: 3_800 }, simulate).wait_us).toBeCloseTo(2_000, -1);
  });

  test('is never below zero, and none where nothing was simulated', () => {
    expect(withWait(FORECAST, { mean_us: 500 }, () => ({ mean_us: 800 })).wait_us).toBe(0);
    expect(withWait(FORECAST, { mean_us: 500 }, () => ({ mean_us: null })).wait_us).toBe(0);
  });
});
