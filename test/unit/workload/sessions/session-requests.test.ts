import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as clock from '../../../../src/base/clock.ts';
import { createRandom } from '../../../../src/base/random.ts';
import { messageOfMaskedFrame } from '../../../../src/base/websocket-frame.ts';
import { LATENCY_NAMES } from '../../../../src/metric/catalogue.ts';
import { buildSeriesTable } from '../../../../src/metric/series-table.ts';
import { FrameStore } from '../../../../src/wire/frame-store.ts';
import { RequestFrames } from '../../../../src/workload/request-frames.ts';
import { SessionRequests } from '../../../../src/workload/sessions/session-requests.ts';
import { StepSender } from '../../../../src/workload/step-sender.ts';
import { FakeSink } from '../../../support/fake-sink.ts';

const SERIES = buildSeriesTable(LATENCY_NAMES, { filter: ['thread'] });
const ASKED = SERIES.indexOf('session_request_latency', 'thread');
const MS = 1e6;
let nowNs = 0;
beforeEach(() => {
  nowNs = 0;
  vi.spyOn(clock, 'monotonicNs').mockImplementation(() => nowNs);
});
afterEach(() => {
  vi.restoreAllMocks();
});

function harness({ isOpen = true } = {}) {
  const sink = new FakeSink();
  const sent: unknown[][] = [];
  const ended: string[] = [];
  const staged: number[] = [];
  const frames = new RequestFrames('u', [{ limit: 1 }], createRandom(1, 'requests').uint32);
  const sender = new StepSender({
    store: new FrameStore(200, 4),
    isOpen: () => isOpen,
    onWritten: (slot, startedNs) => requests.onWritten(sender.store.keyLow[slot] as number, startedNs),
    onUnwritten: (slot) => requests.onUnwritten(sender.store.keyLow[slot] as number),
    onRest: () => undefined,
  });
  // Only what the sender asks of it.
  sender.attach(
    { stage: (_c: number, _o: number, slot: number) => staged.push(slot), flush: () => undefined } as never,
    0,
  );
  const requests = new SessionRequests({
    sender: () => sender,
    frames,
    timeoutMs: 1_000,
    start: { monotonicNs: 0 },
    sink,
    series: SERIES,
    currentPhase: () => 0,
    sendNow: (_, frame) => sent.push(JSON.parse(messageOfMaskedFrame(frame)) as unknown[]),
    onEnded: ({ connection }, end) => ended.push(`${connection} ${end}`),
  });
  const ask = ({ stays = false, scheduledNs = 0 } = {}): void =>
    requests.ask({ connection: 3, series: ASKED, frame: 0, stays, isFirst: false, scheduledNs });
  const write = (startedNs: number): void => {
    for (const slot of staged.splice(0)) {
      sender.onWritten(slot, 3, startedNs);
      sender.store.release(slot);
    }
  };
  return { requests, sender, sink, sent, ended, ask, write, staged };
}

describe('a request of a client', () => {
  it('is timed from its schedule and from its write, and its subscription closed', () => {
    const { requests, sink, sent, ended, ask, write } = harness();
    ask({ scheduledNs: 10 * MS });
    write(12 * MS);
    expect(requests.pending).toBe(1);
    requests.onEvent(3, 0);
    nowNs = 30 * MS;
    expect(requests.onEose(3, 0)).toBe(true);
    expect(sink.of(ASKED)).toEqual([{ series: ASKED, phase: 0, ns: 20 * MS }]);
    expect(sink.of(ASKED + 1)).toEqual([{ series: ASKED + 1, phase: 0, ns: 18 * MS }]);
    expect(sink.of(SERIES.indexOf('send_lag'))).toEqual([
      { series: SERIES.indexOf('send_lag'), phase: 0, ns: 2 * MS },
    ]);
    expect(sent).toEqual([['CLOSE', 'u00000000']]);
    expect(ended).toEqual(['3 complete']);
    expect(sink.counts).toEqual({
      'session_requests_sent/0': 1,
      'session_requests_completed/0': 1,
      'session_events_stored/0': 1,
    });
  });

  it('may leave its subscription open, whose events come live until the relay ends it', () => {
    const { requests, sink, sent, ask, write } = harness();
    ask({ stays: true });
    write(1);
    requests.onEose(3, 0);
    expect(requests.onEvent(3, 0)).toBe(true);
    expect(sent).toEqual([]);
    expect(requests.onClosed(3, 0, 'error')).toBe(true);
    expect(sink.counts).toMatchObject({
      'session_subscriptions_opened/0': 1,
      'session_events_live/0': 1,
      'session_subscriptions_ended/0': 1,
      'session_closes:error/0': 1,
    });
  });

  it('that is refused has ended', () => {
    const { requests, sink, ended, ask, write } = harness();
    ask();
    write(1);
    expect(requests.onClosed(3, 0, 'restricted')).toBe(true);
    expect(ended).toEqual(['3 closed']);
    expect(sink.counts).toMatchObject({ 'session_requests_closed/0': 1, 'session_closes:restricted/0': 1 });
  });

  it('times out at its deadline; the EOSE after it is late, once', () => {
    const { requests, sink, ended, ask, write } = harness();
    ask();
    write(5 * MS);
    requests.expire(1_005 * MS);
    expect(ended).toEqual([]);
    requests.expire(1_006 * MS);
    expect(ended).toEqual(['3 failed']);
    nowNs = 1_105 * MS;
    expect(requests.onEose(3, 0)).toBe(true);
    expect(requests.onEose(3, 0)).toBe(false);
    expect(sink.counts).toMatchObject({ 'session_requests_timeout/0': 1, 'replies_late/0': 1 });
    expect(sink.of(SERIES.indexOf('late_latency'))[0]?.ns).toBe(100 * MS);
    expect(sink.censoredOf(ASKED)).toBe(1);
  });

  it('is lost with its connection, as are the subscriptions that were open', () => {
    const { requests, sink, ended, ask, write } = harness();
    ask({ stays: true });
    ask();
    write(1);
    requests.onEose(3, 0);
    requests.onConnectionClosed(3);
    expect(ended).toEqual(['3 complete', '3 failed']);
    expect(sink.counts).toMatchObject({ 'session_requests_lost_at_close/0': 1 });
    // It was asked once: no stray frame.
    expect(requests.onEvent(3, 0)).toBe(true);
    expect(sink.counts).not.toHaveProperty('session_events_live/0');
  });

  it('that no socket takes is unsent', () => {
    const { requests, sender, sink, ended, ask, staged } = harness();
    ask();
    for (const slot of staged) sender.onUnwritten(slot);
    expect(requests.pending).toBe(0);
    expect(ended).toEqual(['3 failed']);
    expect(sink.counts).toMatchObject({ 'session_requests_unsent/0': 1 });
  });

  it('on a closed connection is unsent at once', () => {
    const { ended, ask, sink } = harness({ isOpen: false });
    ask();
    expect(ended).toEqual(['3 failed']);
    expect(sink.counts).toMatchObject({ 'session_requests_unsent/0': 1 });
  });

  it('beyond the slots is unsent: memory is bounded', () => {
    const { ask, sink } = harness();
    for (let request = 0; request < 6; request++) ask();
    expect(sink.counts).toMatchObject({ 'session_requests_unsent/0': 2 });
  });

  it('is asked again once its client has authenticated', () => {
    const { requests, sent, ask, write } = harness();
    ask();
    write(1);
    requests.hold(3, 0)?.again();
    expect(sent).toEqual([['REQ', 'u00000000', { limit: 1 }]]);
    expect(requests.hold(3, 1)).toBeNull();
  });

  it('that nobody made is stray', () => {
    const { requests } = harness();
    expect([requests.onEvent(3, 0), requests.onEose(3, 0), requests.onClosed(3, 0, '')]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
