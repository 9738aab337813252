import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as clock from '../../../../src/base/clock.ts';
import { createRandom } from '../../../../src/base/random.ts';
import { messageOfMaskedFrame } from '../../../../src/base/websocket-frame.ts';
import { CHURN_LETTER, ChurnWorkload } from '../../../../src/workload/churn/churn-workload.ts';
import { OwnNumbers } from '../../../../src/workload/own-numbers.ts';
import { RequestFrames } from '../../../../src/workload/request-frames.ts';
import { FakeSink } from '../../../support/fake-sink.ts';

const MS = 1e6;
const STAY_MS = 100;
let nowNs = 0;
beforeEach(() => {
  nowNs = 0;
  vi.spyOn(clock, 'monotonicNs').mockImplementation(() => nowNs);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** One connection every 10 ms; each stays 100 ms. */
function harness({ asks = true, arrivals = 5, endMs = 1_000 } = {}) {
  const sink = new FakeSink();
  const opened: number[] = [];
  const closed: number[] = [];
  const sent: unknown[][] = [];
  let number = 0;
  const frames = new RequestFrames(CHURN_LETTER, [{ limit: 1 }], createRandom(1, 'churn').uint32);
  const workload = new ChurnWorkload({
    schedule: {
      peekNs: () => (number < arrivals ? number * 10 * MS : Number.POSITIVE_INFINITY),
      peekNumber: () => number,
      advance: () => {
        number++;
      },
    },
    start: { monotonicNs: 0 },
    endNs: () => endMs * MS,
    numbers: new OwnNumbers(100, { index: 0, count: 1 }),
    connections: {
      open: (connection) => opened.push(connection),
      close: (connection) => closed.push(connection),
      send: (_, frame) => sent.push(JSON.parse(messageOfMaskedFrame(frame)) as unknown[]),
      opening: 0,
    },
    stay: { medianMs: STAY_MS, sigma: 0 },
    seed: 1,
    timeoutMs: 1_000,
    requests: asks ? { frames, draw: () => ({ filter: 0, series: 0 }) } : null,
    sink,
    currentPhase: () => 0,
  });
  /** Carries out what is due until then. */
  const until = (ms: number): void => {
    for (let due = workload.dueNs(); due <= ms * MS; due = workload.dueNs()) {
      nowNs = due;
      workload.fire();
    }
    nowNs = ms * MS;
  };
  return { workload, sink, opened, closed, sent, until };
}

describe('connections that come and go', () => {
  it('come on their schedule and go after their stay, of their own will', () => {
    const { workload, sink, opened, closed, until } = harness({ asks: false, arrivals: 1 });
    until(0);
    nowNs = 5 * MS;
    workload.onConnectionOpened(100);
    expect(workload.dueNs()).toBe((5 + STAY_MS) * MS);
    until(200);
    expect([opened, closed]).toEqual([[100], [100]]);
    workload.onConnectionClosed(100);
    expect(sink.counts).toEqual({ 'churn_connections/0': 1, 'churn_gone/0': 1 });
  });

  it('give their numbers back: tables by number do not grow', () => {
    const { workload, opened, until } = harness({ asks: false, arrivals: 50, endMs: 10_000 });
    for (let ms = 0; ms < 500; ms += 10) {
      until(ms);
      workload.onConnectionOpened(opened.at(-1) ?? 0);
    }
    expect(opened).toHaveLength(50);
    expect(Math.max(...opened)).toBeLessThanOrEqual(100 + STAY_MS / 10);
  });

  it('ask as soon as they are open; ready is from the wish to come to EOSE', () => {
    const { workload, sink, sent, until } = harness({ arrivals: 1 });
    until(0);
    nowNs = 7 * MS;
    workload.onConnectionOpened(100);
    expect(sent).toEqual([['REQ', 'k00000000', { limit: 1 }]]);
    expect(workload.onEvent(100, 0)).toBe(true);
    nowNs = 12 * MS;
    expect(workload.onEose(100, 0)).toBe(true);
    expect(sink.of(0)).toEqual([{ series: 0, phase: 0, ns: 12 * MS }]);
    expect(sink.counts).toMatchObject({
      'churn_requests/0': 1,
      'churn_requests_completed/0': 1,
      'churn_events_received/0': 1,
    });
  });

  it('stay until they have their answer', () => {
    const { workload, sink, closed, until } = harness({ arrivals: 1 });
    until(0);
    workload.onConnectionOpened(100);
    until(300);
    expect(closed).toEqual([]);
    workload.onEose(100, 0);
    expect(closed).toEqual([100]);
    expect(sink.counts).toMatchObject({ 'churn_gone/0': 1, 'churn_requests_completed/0': 1 });
  });

  it('are lost where the target closes them, with what they had asked', () => {
    const { workload, sink, until } = harness({ arrivals: 1 });
    until(0);
    workload.onConnectionOpened(100);
    workload.onConnectionClosed(100);
    until(500);
    expect(sink.counts).toMatchObject({
      'churn_lost/0': 1,
      'churn_requests_lost/0': 1,
      'censored:0/0': 1,
    });
    expect(sink.counts).not.toHaveProperty('churn_gone/0');
  });

  it('that never open have failed, and their number is free', () => {
    const { workload, sink, opened, until } = harness({ arrivals: 2 });
    until(0);
    workload.onConnectionFailed(100);
    until(10);
    expect(opened).toEqual([100, 100]);
    expect(sink.counts).toMatchObject({ 'churn_connections/0': 2, 'churn_failed/0': 1, 'censored:0/0': 1 });
  });

  it('give up what is never answered, at its deadline', () => {
    const { workload, sink, until } = harness({ arrivals: 1, endMs: 5_000 });
    until(0);
    workload.onConnectionOpened(100);
    workload.expire(1_000 * MS);
    expect(workload.pending).toBe(1);
    workload.expire(1_001 * MS);
    expect(workload.pending).toBe(0);
    expect(sink.counts).toMatchObject({ 'churn_requests_timeout/0': 1 });
    expect(workload.onEose(100, 0)).toBe(true);
  });

  it('that are refused by CLOSED are counted by its word', () => {
    const { workload, sink, until } = harness({ arrivals: 1 });
    until(0);
    workload.onConnectionOpened(100);
    expect(workload.onClosed(100, 0, 'restricted')).toBe(true);
    expect(sink.counts).toMatchObject({ 'churn_requests_closed/0': 1, 'churn_closes:restricted/0': 1 });
    expect(workload.onClosed(100, 9, 'restricted')).toBe(false);
  });

  it('ask again once they have authenticated', () => {
    const { workload, sent, until } = harness({ arrivals: 1 });
    until(0);
    workload.onConnectionOpened(100);
    workload.hold(100, 0)?.again();
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
    expect(workload.hold(100, 1)).toBeNull();
  });

  it('that are there when the run ends stay: every one has exactly one end', () => {
    const { workload, sink, until } = harness({ asks: false, endMs: 60 });
    for (let ms = 0; ms <= 40; ms += 10) {
      until(ms);
      workload.onConnectionOpened(100 + ms / 10);
    }
    expect(workload.dueNs()).toBe(Number.POSITIVE_INFINITY);
    workload.endAll();
    expect(sink.counts).toEqual({ 'churn_connections/0': 5, 'churn_staying/0': 5 });
  });
});
