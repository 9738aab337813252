import { describe, expect, it } from 'vitest';
import { ASSUMPTION_NAMES, assumed } from '../../../src/capacity/assumptions.ts';
import { type ForecastRow, forecast } from '../../../src/capacity/forecast.ts';

function rowFor(users: number, set: Parameters<typeof forecast>[1] = {}): ForecastRow {
  const row = forecast(users, set).rows.find((one) => one.users === users);
  if (row === undefined) throw new Error('no row');
  return row;
}

/** Round numbers that can be checked by head: 100 connections, 10 new events, 10 queries and 100 deliveries a second. */
const ROUND = {
  ...{
    onlineShare: 0.1,
    peakOverMean: 1,
    session_s: 1e12,
    queriesOnConnect: 1,
    queryEvery_s: 10,
    writeEvery_s: 10,
  },
  ...{
    duplicateShare: 0.5,
    fanOut: 10,
    eventsPerAnswer: 5,
    eventBytes: 1_000,
    storedBytes: 2_000,
    cacheHits: 0.5,
  },
} as const;

describe('the forecast', () => {
  it('always has four sizes, and the one that is asked for among them', () => {
    expect(forecast(null).rows.map(({ users }) => users)).toEqual([1e4, 1e5, 1e6, 1e7]);
    expect(forecast(50_000).rows.map(({ users }) => users)).toEqual([1e4, 5e4, 1e5, 1e6, 1e7]);
  });

  it('adds up what users do, by the assumptions', () => {
    const row = rowFor(1_000, ROUND);
    expect(row.connections).toBe(100);
    expect(row.newEvents_per_s).toBeCloseTo(10, 6);
    expect(row.queries_per_s).toBeCloseTo(10, 6);
    expect(row.deliveries_per_s).toBeCloseTo(100, 6);
    expect(row.network_bits_per_s).toBeCloseTo(8 * 1_000 * (100 + 50), 3);
    expect(row.storedPerMonth_bytes).toBeCloseTo(10 * 30 * 86_400 * 2_000, 0);
  });

  it('adds up what that costs, at the planned utilisation', () => {
    const costs = {
      relayEvent_us: 10_000,
      relayDuplicate_us: 1_000,
      relayQuery_us: 20_000,
      relayDelivery_us: 1_000,
    };
    // 0.1 for new events, 0.01 for duplicates, 0.2 for queries, 0.1 for deliveries; 0.5 − 0.01 of each relay.
    expect(rowFor(10_000, { ...ROUND, ...costs, utilisation: 0.5 }).relays).toBe(
      Math.ceil(4.1 / (0.5 - 0.1)),
    );
    const row = rowFor(1_000, { ...ROUND, primaryEvent_us: 30_000, utilisation: 0.5 });
    expect(row.primaryCores).toBeCloseTo(0.6, 6);
  });

  it('has relays for the connections where these are what there is most of', () => {
    expect(rowFor(1_000, { ...ROUND, connectionsPerRelay: 30 }).relays).toBe(4);
    expect(rowFor(1_000, { ...ROUND, connectionsPerBalancer: 40 }).balancers).toBe(3);
  });

  it('knows the end of the architecture: what every relay must hear leaves none of them time', () => {
    const row = rowFor(10_000_000, { writeEvery_s: 1 });
    expect(row.relays).toBeNull();
    expect(row.binds.part).toBe('primary');
    expect(row.binds.share).toBeGreaterThan(1);
  });

  it('grows with its users, in every figure', () => {
    const [small, large] = [rowFor(20_000), rowFor(2_000_000)];
    for (const [key, value] of Object.entries(small)) {
      if (typeof value === 'number')
        expect(large[key as keyof ForecastRow], key).toBeGreaterThanOrEqual(value);
    }
  });

  it('says of each assumption where it comes from, and which ones were set', () => {
    const { assumptions } = forecast(null, { fanOut: 7 });
    expect(assumptions.map(({ name }) => name)).toEqual(ASSUMPTION_NAMES);
    expect(assumptions.find(({ name }) => name === 'fanOut')).toMatchObject({
      value: 7,
      source: 'set with --assume',
    });
    expect(assumptions.every(({ source, text }) => source !== '' && text !== '')).toBe(true);
    expect(assumed().fanOut).toBe(20);
  });
});
