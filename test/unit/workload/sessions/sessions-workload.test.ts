import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as clock from '../../../../src/base/clock.ts';
import { LATENCY_NAMES } from '../../../../src/metric/catalogue.ts';
import { buildSeriesTable } from '../../../../src/metric/series-table.ts';
import { OwnNumbers } from '../../../../src/workload/own-numbers.ts';
import type { SessionsPlan } from '../../../../src/workload/sessions/plan.ts';
import type { SessionRequests, Wish } from '../../../../src/workload/sessions/session-requests.ts';
import type { SessionWrites } from '../../../../src/workload/sessions/session-writes.ts';
import { SessionsWorkload } from '../../../../src/workload/sessions/sessions-workload.ts';
import type { Wishes } from '../../../../src/workload/sessions/wishes.ts';
import { FakeSink } from '../../../support/fake-sink.ts';

const SERIES = buildSeriesTable(LATENCY_NAMES, {});
const READY = SERIES.indexOf('session_ready_latency');
const MS = 1e6;
const S = 1e9;
let nowNs = 0;
beforeEach(() => {
  nowNs = 0;
  vi.spyOn(clock, 'monotonicNs').mockImplementation(() => nowNs);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const PLAN: SessionsPlan = {
  connections: { first: 0, count: 1 },
  stay: { medianMs: 60_000, sigma: 0 },
  subscriptions: { from: 5, to: 5 },
  query: { from: 5_000, to: 15_000 },
  write: { from: 20_000, to: 20_000 },
  contentBytes: 10,
  authors: 1,
  timeoutMs: 1_000,
};

/** Clients come at these times, ms; the relay is wherever the test says. */
function harness(arrivalsMs: readonly number[] = [0], plan: Partial<SessionsPlan> = {}) {
  const sink = new FakeSink();
  const asked: (Wish & { readonly atNs: number })[] = [];
  const published: { connection: number; atNs: number; isSigned: boolean }[] = [];
  const [opened, closed]: [number[], number[]] = [[], []];
  const dropped: string[] = [];
  let arrival = 0;
  let signed = 0;
  const note = { frame: Buffer.alloc(0), idHigh: 0, idLow: 0 };
  const wish = { series: 100, frame: 0 };
  const workload = new SessionsWorkload({
    plan: { ...PLAN, ...plan },
    schedule: {
      peekNs: () => (arrivalsMs[arrival] ?? Number.POSITIVE_INFINITY) * MS,
      peekNumber: () => arrival,
      advance: () => {
        arrival++;
      },
    },
    start: { monotonicNs: 0 },
    endNs: () => 100 * S,
    onCredit: () => undefined,
    numbers: new OwnNumbers(100, { index: 0, count: 1 }),
    connections: {
      open: (connection) => opened.push(connection),
      close: (connection) => closed.push(connection),
      opening: 0,
    },
    requests: {
      ask: (each: Wish) => asked.push({ ...each, atNs: nowNs }),
      dropped: () => dropped.push('request'),
      onConnectionClosed: () => undefined,
      expire: () => undefined,
      pending: 0,
    } as unknown as SessionRequests,
    writes: {
      sign: () => {
        signed++;
        return note;
      },
      publish: (connection: number) =>
        published.push({ connection, atNs: nowNs, isSigned: signed > published.length }),
      dropped: () => dropped.push('write'),
      onConnectionClosed: () => undefined,
      expire: () => undefined,
      pending: 0,
    } as unknown as SessionWrites,
    wishes: { of: () => wish, now: () => wish, watched: () => wish } as unknown as Wishes,
    unwritten: () => 0,
    seed: 1,
    sink,
    series: SERIES,
  });
  const until = (ms: number): void => {
    for (let due = workload.dueNs(); due <= ms * MS; due = workload.dueNs()) {
      nowNs = Math.max(nowNs, due);
      workload.fire();
      workload.readAhead();
    }
    nowNs = ms * MS;
  };
  /** The relay answers everything that was asked and not answered yet. */
  const answer = (): void => {
    for (const each of asked.splice(0)) workload.onRequestEnded(each, 'complete');
    for (const { connection } of published.splice(0)) workload.onWriteEnded(connection);
  };
  return { workload, sink, asked, published, opened, closed, dropped, until, answer };
}

describe('a client that comes', () => {
  it('asks for its screen as soon as it is there, and is ready when all of it has come', () => {
    const { workload, sink, asked, opened, until } = harness();
    until(0);
    expect(opened).toEqual([100]);
    nowNs = 4 * MS;
    workload.onConnectionOpened(100);
    until(4);
    expect(asked.map(({ stays, isFirst, scheduledNs }) => [stays, isFirst, scheduledNs / MS])).toEqual([
      [false, true, 4],
      [true, true, 4],
      [true, true, 4],
      [true, true, 4],
      [false, true, 4],
    ]);
    nowNs = 10 * MS;
    for (const each of asked.slice(1)) workload.onRequestEnded(each, 'complete');
    expect(sink.of(READY)).toEqual([]);
    workload.onRequestEnded(asked[0] as Wish, 'closed');
    expect(sink.of(READY)).toEqual([{ series: READY, phase: 0, ns: 10 * MS }]);
  });

  it('is never ready where something of it never comes: that counts once', () => {
    const { workload, sink, asked, until } = harness();
    until(0);
    workload.onConnectionOpened(100);
    until(0);
    for (const each of asked) workload.onRequestEnded(each, 'failed');
    expect(sink.of(READY)).toEqual([]);
    expect(sink.censoredOf(READY)).toBe(1);
  });

  it('opens what it watches within ten seconds, as many as it keeps open', () => {
    const { workload, asked, until } = harness();
    until(0);
    workload.onConnectionOpened(100);
    until(10_000);
    const watched = asked.filter(({ stays, isFirst }) => stays && !isFirst);
    expect(watched).toHaveLength(5 - 3);
    expect(Math.max(...watched.map(({ scheduledNs }) => scheduledNs))).toBeLessThan(10 * S);
  });

  it('asks every five to fifteen seconds, whether or not it has its answers', () => {
    const { workload, asked, until } = harness();
    until(0);
    workload.onConnectionOpened(100);
    until(59_000);
    const times = asked
      .filter(({ stays, isFirst }) => !stays && !isFirst)
      .map(({ scheduledNs }) => scheduledNs / S);
    const gaps = [0, ...times].slice(0, -1).map((time, at) => (times[at] ?? 0) - time);
    expect(gaps.length).toBeGreaterThanOrEqual(3);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(15);
  });

  it('writes on its schedule what was signed before', () => {
    const { workload, published, until } = harness();
    until(0);
    workload.onConnectionOpened(100);
    until(59_000);
    expect(published.length).toBeGreaterThanOrEqual(2);
    expect(published.every(({ isSigned }) => isSigned)).toBe(true);
    expect(((published[1]?.atNs ?? 0) - (published[0]?.atNs ?? 0)) / S).toBeCloseTo(20, 5);
  });

  it('leaves after its stay, but not before it has all its answers', () => {
    const { workload, sink, closed, until, answer } = harness();
    until(0);
    workload.onConnectionOpened(100);
    until(61_000);
    expect(closed).toEqual([]);
    answer();
    expect(closed).toEqual([100]);
    expect(sink.counts).toMatchObject({ 'session_clients/0': 1, 'session_clients_left/0': 1 });
  });

  it('asks nothing any more once it has left', () => {
    const { workload, asked, until, answer } = harness();
    until(0);
    workload.onConnectionOpened(100);
    until(59_000);
    answer();
    until(60_001);
    answer();
    until(99_000);
    expect(asked).toEqual([]);
  });

  it('is lost where the target closes it, and its number is free', () => {
    const { workload, sink, opened, until } = harness([0, 1_000]);
    until(0);
    workload.onConnectionOpened(100);
    workload.onConnectionClosed(100);
    until(1_000);
    expect(opened).toEqual([100, 100]);
    expect(sink.counts).toMatchObject({ 'session_clients_lost/0': 1 });
  });

  it('has failed where its connection never opens', () => {
    const { workload, sink, until } = harness();
    until(0);
    workload.onConnectionFailed(100);
    expect(sink.counts).toMatchObject({ 'session_clients_failed/0': 1 });
    expect(sink.censoredOf(READY)).toBe(1);
  });
});

describe('a client that was there from the start', () => {
  it('begins within the time that is given, and is none that came', () => {
    const { workload, sink, asked, until } = harness([]);
    workload.welcome([0], 2 * S);
    until(2_000);
    expect(asked.filter(({ isFirst }) => isFirst)).toHaveLength(5);
    for (const each of [...asked]) workload.onRequestEnded(each, 'complete');
    workload.endAll();
    expect(sink.of(READY)).toEqual([]);
    expect(sink.counts).toEqual({});
  });

  it('is met in the midst of its stay', () => {
    const { workload, closed, until, answer } = harness([], { query: { from: 90_000, to: 90_000 } });
    workload.welcome([0, 1, 2, 3, 4, 5, 6, 7], 1 * S);
    until(15_000);
    answer();
    until(61_000);
    answer();
    // All stay 60 s from when they came, which was at different times.
    expect(closed).toHaveLength(8);
  });
});

it('who is there when the run ends stays', () => {
  const { workload, sink, until } = harness([0, 10]);
  until(10);
  workload.endAll();
  expect(sink.counts).toEqual({ 'session_clients/0': 2, 'session_clients_staying/0': 2 });
});

it('counts steps that are due and never carried out as dropped, each as what it is', () => {
  const { workload, until, dropped } = harness();
  until(0);
  workload.onConnectionOpened(100);
  until(0);
  workload.dropRest();
  // Two that it watches, the next that it asks, the next that it writes; what would have followed these is unknown.
  expect(dropped.toSorted()).toEqual(['request', 'request', 'request', 'write']);
});
