import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AuthStanding, Reconnecting } from '../../../src/engine/worker/reconnecting.ts';
import { buildSeriesTable } from '../../../src/metric/series-table.ts';
import { FakeSink } from '../../support/fake-sink.ts';

const NS_PER_MS = 1e6;
const series = buildSeriesTable(
  ['reconnect_latency', 'reconnect_latency_service', 'restore_latency', 'restore_latency_service'],
  {},
);
const [RECONNECT, RESTORE] = [series.indexOf('reconnect_latency'), series.indexOf('restore_latency')];

beforeEach(
  () =>
    void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance', 'Date'] }),
);
afterEach(() => void vi.useRealTimers());

/** Waits are half of their bounds: 500 ms, 1 s, 2 s, … */
function setUp(draw = 0.5) {
  const sink = new FakeSink();
  const reopened: number[] = [];
  const state = { isRestored: true, standing: 'not-needed' as AuthStanding };
  const now = (): number => performance.now() * NS_PER_MS;
  const reconnecting = new Reconnecting({
    backOff: { firstMs: 1_000, longestMs: 4_000 },
    draw: () => draw,
    reopen: (connection) => reopened.push(connection),
    isRestored: () => state.isRestored,
    authStanding: () => state.standing,
    sink,
    series,
    now,
    phaseOf: () => ({ phase: 0, offsetNs: 0 }),
  });
  return { sink, reopened, state, reconnecting, now };
}

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

const inMs = (samples: readonly { ns: number }[]): number[] =>
  samples.map(({ ns }) => Math.round(ns / NS_PER_MS));

describe('a lost connection', () => {
  it('is opened again after its wait, and is back when it has what it had', async () => {
    const { reconnecting, reopened, sink, now } = setUp();
    reconnecting.onLost(7);
    expect(reconnecting.isAway(7)).toBe(true);
    await pass(499);
    expect(reopened).toEqual([]);
    await pass(2);
    expect(reopened).toEqual([7]);
    const startedNs = now();
    await pass(20);
    reconnecting.onOpened(7, startedNs);
    expect(reconnecting.isAway(7)).toBe(false);
    expect(reconnecting.pending).toBe(0);
    expect(sink.counts).toEqual({ 'reconnect_attempts/0': 1, 'connections_reconnected/0': 1 });
    expect(inMs(sink.of(RECONNECT))).toEqual([521]);
    expect(inMs(sink.of(RESTORE + 1))).toEqual([20]);
  });

  it('is tried again after twice the wait, each time, up to the longest', async () => {
    const { reconnecting, reopened, sink } = setUp();
    reconnecting.onLost(7);
    for (const [index, wait] of [500, 1_000, 2_000, 2_000].entries()) {
      await pass(wait - 1);
      expect(reopened).toHaveLength(index);
      await pass(2);
      expect(reopened).toHaveLength(index + 1);
      reconnecting.onFailed(7, 'ECONNREFUSED');
    }
    expect(sink.counts).toEqual({ 'reconnect_attempts/0': 4, 'reconnect_errors:ECONNREFUSED/0': 4 });
  });

  it('waits as its cut says', async () => {
    const { reconnecting, reopened } = setUp(0.9);
    reconnecting.onLost(7, { firstMs: 100, longestMs: 100, hasJitter: false });
    await pass(101);
    expect(reopened).toEqual([7]);
  });

  it('is not back before its subscription is', async () => {
    const { reconnecting, state, sink } = setUp();
    state.isRestored = false;
    reconnecting.onLost(7);
    await pass(501);
    reconnecting.onOpened(7, 0);
    await pass(100);
    expect(reconnecting.pending).toBe(1);
    state.isRestored = true;
    reconnecting.check(7);
    expect(inMs(sink.of(RECONNECT))).toEqual([601]);
  });

  it('is not back before it has authenticated', async () => {
    const { reconnecting, state, sink } = setUp();
    state.standing = 'waiting';
    reconnecting.onLost(7);
    await pass(501);
    reconnecting.onOpened(7, 0);
    await pass(50);
    expect(reconnecting.pending).toBe(1);
    state.standing = 'in';
    reconnecting.check(7);
    expect(inMs(sink.of(RECONNECT))).toEqual([551]);
  });

  it('was back when the rest was, where the relay turns out not to ask for an AUTH', async () => {
    const { reconnecting, state, sink } = setUp();
    state.standing = 'waiting';
    reconnecting.onLost(7);
    await pass(501);
    reconnecting.onOpened(7, 0);
    await pass(1_000);
    state.standing = 'not-needed';
    reconnecting.check(7);
    expect(inMs(sink.of(RECONNECT))).toEqual([501]);
  });

  it('that is lost again before it is back is one absence', async () => {
    const { reconnecting, state, sink } = setUp();
    state.isRestored = false;
    reconnecting.onLost(7);
    await pass(501);
    reconnecting.onOpened(7, 0);
    reconnecting.onLost(7);
    expect(reconnecting.isAway(7)).toBe(true);
    await pass(1_001);
    state.isRestored = true;
    reconnecting.onOpened(7, 0);
    expect(inMs(sink.of(RECONNECT))).toEqual([1_502]);
    expect(sink.counts).toEqual({ 'reconnect_attempts/0': 2, 'connections_reconnected/0': 1 });
  });

  it('that never comes back is counted, and slower than all that did', async () => {
    const { reconnecting, reopened, sink } = setUp();
    reconnecting.onLost(7);
    reconnecting.stop();
    await pass(10_000);
    reconnecting.onLost(8);
    expect(reopened).toEqual([]);
    expect(sink.counts['connections_not_back/0']).toBe(1);
    expect([sink.censoredOf(RECONNECT), sink.censoredOf(RECONNECT + 1)]).toEqual([1, 1]);
  });

  it('waits no longer than the first bound once the load is over', async () => {
    const { reconnecting, reopened } = setUp();
    reconnecting.onLost(7);
    await pass(501);
    for (const wait of [1_001, 2_001]) {
      reconnecting.onFailed(7, 'ECONNREFUSED');
      await pass(wait);
    }
    reconnecting.onFailed(7, 'ECONNREFUSED');
    // Two seconds are left to wait.
    reconnecting.hurry();
    await pass(501);
    expect(reopened).toHaveLength(4);
    reconnecting.onFailed(7, 'ECONNREFUSED');
    await pass(501);
    expect(reopened).toHaveLength(5);
  });

  it('does not keep the others from being opened: of a thousand some begin in each turn', async () => {
    const { reconnecting, reopened } = setUp();
    for (let connection = 0; connection < 1_000; connection++) reconnecting.onLost(connection);
    await pass(600);
    expect(reopened).toHaveLength(1_000);
  });
});
