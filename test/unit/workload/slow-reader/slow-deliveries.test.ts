import { describe, expect, it } from 'vitest';
import { FrameStore } from '../../../../src/wire/frame-store.ts';
import { SlowDeliveries } from '../../../../src/workload/slow-reader/slow-deliveries.ts';
import type { Recogniser } from '../../../../src/workload/subscribe/recognise.ts';
import { FakeSink } from '../../../support/fake-sink.ts';

/** Frames that hold nothing but the number of their event; all of topic 0. */
const RECOGNISER: Recogniser & { number: number } = {
  number: -1,
  topic: 0,
  read(frame) {
    this.number = Number(frame.toString());
    return !Number.isNaN(this.number);
  },
  remember: () => undefined,
  forget: () => undefined,
};

function harness(most = 100) {
  const sink = new FakeSink();
  const deliveries = new SlowDeliveries({
    recogniser: RECOGNISER,
    start: { monotonicNs: 0 },
    sink,
    series: 0,
    most,
  });
  const store = new FrameStore(10, 1);
  deliveries.onSubscribed(7, 0);
  deliveries.onSubscribed(8, 0);
  const send = (number: number, topic = 0): void => {
    store.number[0] = number;
    store.tag[0] = topic;
    deliveries.onSent(store, 0, 0, 0);
  };
  const deliver = (connection: number, number: number | string): boolean =>
    deliveries.onEvent(connection, 0, Buffer.from(String(number)));
  return { sink, deliveries, send, deliver };
}

describe('deliveries to slow readers', () => {
  it('are complete where all have read the event', () => {
    const { sink, deliveries, send, deliver } = harness();
    send(1);
    deliveries.onEnded(1, 'accepted');
    expect(deliveries.incomplete).toBe(1);
    expect([deliver(7, 1), deliver(8, 1)]).toEqual([true, true]);
    expect(deliveries.incomplete).toBe(0);
    expect(sink.counts).toMatchObject({
      'slow_deliveries_expected/0': 2,
      'slow_deliveries_received/0': 2,
      'slow_deliveries_cut/0': 0,
      'slow_deliveries_behind/0': 0,
    });
    expect(sink.of(0)).toHaveLength(2);
    expect(sink.of(1)).toHaveLength(2);
  });

  it('may come before the OK', () => {
    const { sink, deliveries, send, deliver } = harness();
    send(1);
    deliver(7, 1);
    deliver(8, 1);
    deliveries.onEnded(1, 'accepted');
    expect(sink.counts).toMatchObject({ 'slow_deliveries_received/0': 2 });
  });

  it('are cut off with the reader, and no longer expected by it', () => {
    const { sink, deliveries, send, deliver } = harness();
    send(1);
    deliveries.onEnded(1, 'accepted');
    deliver(8, 1);
    deliveries.onReaderGone(7);
    send(2);
    deliveries.onEnded(2, 'accepted');
    deliver(8, 2);
    expect(sink.counts).toMatchObject({
      'slow_deliveries_expected/0': 3,
      'slow_deliveries_received/0': 2,
      'slow_deliveries_cut/0': 1,
    });
  });

  it('that have not come in the end are behind', () => {
    const { sink, deliveries, send, deliver } = harness();
    send(1);
    deliveries.onEnded(1, 'accepted');
    deliver(8, 1);
    expect(deliveries.settleAll()).toBe(1);
    expect(sink.counts).toMatchObject({
      'slow_deliveries_received/0': 1,
      'slow_deliveries_behind/0': 1,
    });
  });

  it('are owed of no event that the relay refused', () => {
    const { sink, deliveries, send } = harness();
    send(1);
    deliveries.onEnded(1, 'failed');
    expect(deliveries.settleAll()).toBe(0);
    expect(sink.counts).toEqual({});
  });

  it('are remembered up to a bound: what is older is behind', () => {
    const { sink, deliveries, send } = harness(1);
    send(1);
    deliveries.onEnded(1, 'accepted');
    send(2);
    expect(sink.counts).toMatchObject({ 'slow_deliveries_behind/0': 2 });
  });

  it('count once, and what is no event of the run is none', () => {
    const { sink, deliveries, send, deliver } = harness();
    send(1);
    deliveries.onEnded(1, 'accepted');
    deliver(7, 1);
    expect(deliver(7, 1)).toBe(true);
    expect(deliver(7, 'foreign')).toBe(false);
    expect(sink.of(0)).toHaveLength(1);
  });

  it('are not expected of events of another topic', () => {
    const { sink, deliveries, send } = harness();
    send(1, 1);
    deliveries.onEnded(1, 'accepted');
    expect(deliveries.settleAll()).toBe(0);
    expect(sink.counts).toEqual({});
  });
});
