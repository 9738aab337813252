import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as clock from '../../../../src/base/clock.ts';
import { messageOfMaskedFrame } from '../../../../src/base/websocket-frame.ts';
import { createEventFrameWriter } from '../../../../src/corpus/event-frames.ts';
import { LATENCY_NAMES } from '../../../../src/metric/catalogue.ts';
import { buildSeriesTable } from '../../../../src/metric/series-table.ts';
import { FrameStore } from '../../../../src/wire/frame-store.ts';
import { SessionWrites } from '../../../../src/workload/sessions/session-writes.ts';
import { StepSender } from '../../../../src/workload/step-sender.ts';
import { FakeSink } from '../../../support/fake-sink.ts';

const SERIES = buildSeriesTable(LATENCY_NAMES, {});
const WRITTEN = SERIES.indexOf('session_write_latency');
const MS = 1e6;
let nowNs = 0;
beforeEach(() => {
  nowNs = 0;
  vi.spyOn(clock, 'monotonicNs').mockImplementation(() => nowNs);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const notes = createEventFrameWriter({
  seed: 1,
  authors: 2,
  kind: 1,
  contentBytes: 20,
  topics: 1,
  runTag: 'abcdef01',
});

function harness({ mayDemandAuth = false } = {}) {
  const sink = new FakeSink();
  const ended: number[] = [];
  const again: Buffer[] = [];
  const staged: number[] = [];
  const sender = new StepSender({
    store: new FrameStore(notes.maxFrameBytes, 4),
    isOpen: (connection) => connection !== 99,
    onWritten: (slot, startedNs) => writes.onWritten(slot, startedNs),
    onUnwritten: (slot) => writes.onUnwritten(slot),
    onRest: () => undefined,
  });
  // Only what the sender asks of it.
  sender.attach(
    { stage: (_c: number, _o: number, slot: number) => staged.push(slot), flush: () => undefined } as never,
    0,
  );
  const writes = new SessionWrites({
    sender: () => sender,
    notes,
    numbers: { first: 1, step: 2 },
    timeoutMs: 1_000,
    start: { monotonicNs: 0, wallMs: 1_700_000_000_000 },
    sink,
    series: SERIES,
    sendNow: (_, frame) => again.push(frame),
    mayNeedAgain: () => mayDemandAuth,
    onEnded: (connection) => ended.push(connection),
  });
  /** Publishes a note on connection 3. */
  const publish = (scheduledNs: number, startedNs: number) => {
    const note = writes.sign(scheduledNs);
    writes.publish(3, note, scheduledNs);
    for (const slot of staged.splice(0)) {
      sender.onWritten(slot, 3, startedNs);
      sender.store.release(slot);
    }
    return note;
  };
  return { writes, sender, sink, ended, again, publish, staged };
}

describe('a note of a client', () => {
  it('is dated by the moment at which it is published, and each is another', () => {
    const { writes } = harness();
    const [first, second] = [writes.sign(2_500 * MS), writes.sign(2_500 * MS)];
    const [, event] = JSON.parse(messageOfMaskedFrame(first.frame)) as [string, { created_at: number }];
    expect(event.created_at).toBe(1_700_000_002);
    expect(second.idHigh).not.toBe(first.idHigh);
  });

  it('is timed from its schedule and from its write to its OK', () => {
    const { writes, sink, ended, publish } = harness();
    const { idHigh, idLow } = publish(10 * MS, 11 * MS);
    nowNs = 25 * MS;
    expect(writes.onAccepted(3, idHigh, idLow)).toBe(true);
    expect(sink.of(WRITTEN)).toEqual([{ series: WRITTEN, phase: 0, ns: 15 * MS }]);
    expect(sink.of(WRITTEN + 1)).toEqual([{ series: WRITTEN + 1, phase: 0, ns: 14 * MS }]);
    expect(sink.counts).toEqual({ 'session_writes_sent/0': 1, 'session_writes_accepted/0': 1 });
    expect(ended).toEqual([3]);
    expect(writes.onAccepted(3, idHigh, idLow)).toBe(false);
  });

  it('that is refused is counted by its word and has no latency', () => {
    const { writes, sink, publish } = harness();
    const { idHigh, idLow } = publish(0, 0);
    writes.onOk(3, { idHigh, idLow, accepted: false, prefix: 'rate-limited' });
    expect(sink.counts).toMatchObject({ 'session_writes_rejected:rate-limited/0': 1 });
    expect(sink.of(WRITTEN)).toEqual([]);
  });

  it('times out, and its OK after that is late', () => {
    const { writes, sink, ended, publish } = harness();
    const { idHigh, idLow } = publish(0, 0);
    writes.expire(1_001 * MS);
    expect(ended).toEqual([3]);
    nowNs = 1_200 * MS;
    expect(writes.onAccepted(3, idHigh, idLow)).toBe(true);
    expect(sink.counts).toMatchObject({ 'session_writes_timeout/0': 1, 'replies_late/0': 1 });
  });

  it('is lost with its connection', () => {
    const { writes, sink, publish } = harness();
    publish(0, 0);
    writes.onConnectionClosed(3);
    expect(writes.pending).toBe(0);
    expect(sink.counts).toMatchObject({ 'session_writes_lost_at_close/0': 1 });
  });

  it('that can not be written is unsent', () => {
    const { writes, sender, sink, ended, staged } = harness();
    expect(writes.publish(99, writes.sign(0), 0)).toBe(false);
    expect(writes.publish(3, writes.sign(0), 0)).toBe(true);
    for (const slot of staged) sender.onUnwritten(slot);
    expect(ended).toEqual([3]);
    expect(sink.counts).toMatchObject({ 'session_writes_unsent/0': 2 });
  });

  it('is sent again as it was once its client has authenticated', () => {
    const { writes, again, sink, publish } = harness({ mayDemandAuth: true });
    const { frame, idHigh, idLow } = publish(0, 0);
    writes.hold(3, { idHigh, idLow, accepted: false, prefix: 'auth-required' })?.again();
    expect(again).toEqual([frame]);
    expect(sink.counts).toMatchObject({ 'events_retried_after_auth/0': 1 });
  });
});
