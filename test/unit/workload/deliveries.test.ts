import { describe, expect, it } from 'vitest';
import { markerTag } from '../../../src/corpus/marker.ts';
import { LATENCY_NAMES } from '../../../src/metric/catalogue.ts';
import { buildSeriesTable } from '../../../src/metric/series-table.ts';
import { FrameStore } from '../../../src/wire/frame-store.ts';
import { DeliveryTracker } from '../../../src/workload/subscribe/deliveries.ts';
import { recogniseByMarker } from '../../../src/workload/subscribe/recognise.ts';
import { FakeCases } from '../../support/fake-cases.ts';
import { FakeSink } from '../../support/fake-sink.ts';

const RUN = 'cafe0123';
const series = buildSeriesTable(LATENCY_NAMES, {});
const DELIVERY = series.indexOf('delivery_latency');
const LAST = series.indexOf('delivery_last_latency');
const CROSS = series.indexOf('delivery_cross_latency');

/** Two topics on one worker; connections 10 and 12 listen to topic 0, connection 11 to topic 1. */
function setUp({ deliveryIn }: { readonly deliveryIn?: (connection: number) => number } = {}) {
  const sink = new FakeSink();
  const cases = new FakeCases();
  const subscribers = [
    { connection: 10, topic: 0 },
    { connection: 11, topic: 1 },
    { connection: 12, topic: 0 },
  ];
  const options = {
    recogniser: recogniseByMarker(RUN, 2),
    subscribers,
    events_per_s: 1,
    window_s: 1,
    start: { monotonicNs: 0 },
    // Publisher 1 and subscriber 10 are on relay 0, subscriber 12 on relay 1; of 11 nothing is known.
    currentPhase: () => 0,
    cases,
    gaps: null,
    deliveryIn,
    relayOf: (connection: number) => ({ 1: 0, 10: 0, 12: 1 })[connection] ?? -1,
  };
  const tracker = new DeliveryTracker({ ...options, sink, series }, 1);
  for (const { connection } of subscribers) tracker.onSubscribed(connection);
  const store = new FrameStore(1, 1);
  /** Event `number`, of topic `number` mod 2, was written at time 0. */
  const send = (number: number): void => {
    store.number[0] = number;
    store.tag[0] = number % 2;
    store.connection[0] = 1;
    store.keyHigh[0] = 0xabcdef;
    store.keyLow[0] = 1;
    tracker.onSent(store, 0, 0, 0);
  };
  return { sink, cases, tracker, send };
}

function frame(n: number): Buffer {
  return Buffer.from(`["EVENT","s",{"tags":[["rb","${markerTag(RUN, n, 0)}"]]}]`);
}

/** Of somebody else. */
const strangeEvent = {
  id: 'a'.repeat(64),
  pubkey: 'b'.repeat(64),
  created_at: 1,
  kind: 1,
  tags: [],
  content: '',
  sig: 'c'.repeat(128),
};

describe('DeliveryTracker', () => {
  it('expects an accepted event at every live subscriber of its topic', () => {
    const { sink, tracker, send } = setUp();
    send(0);
    tracker.onEnded(0, 'accepted');
    tracker.onLiveEvent(10, frame(0));
    tracker.onLiveEvent(12, frame(0));
    expect(sink.counts).toMatchObject({
      'deliveries_expected/0': 2,
      'deliveries_received/0': 2,
      'deliveries_missing/0': 0,
    });
    expect(sink.of(DELIVERY)).toHaveLength(2);
    expect(sink.of(LAST)).toHaveLength(1);
  });

  it('counts a delivery for the region of its subscriber', () => {
    const { sink, tracker, send } = setUp({
      deliveryIn: (connection) => (connection === 12 ? CROSS : DELIVERY),
    });
    send(0);
    tracker.onLiveEvent(10, frame(0));
    expect(sink.of(CROSS)).toHaveLength(0);
    tracker.onLiveEvent(12, frame(0));
    expect([sink.of(DELIVERY).length, sink.of(LAST).length]).toEqual([1, 1]);
  });

  it('times a delivery to another relay process than that of the publisher apart', () => {
    const { sink, tracker, send } = setUp();
    send(0);
    tracker.onLiveEvent(10, frame(0));
    expect(sink.of(CROSS)).toHaveLength(0);
    tracker.onLiveEvent(12, frame(0));
    tracker.onLiveEvent(12, frame(0));
    expect(sink.of(CROSS)).toHaveLength(1);
    expect(sink.of(DELIVERY)).toHaveLength(2);
  });

  it('calls no delivery a crossing where the process of the subscriber is not known', () => {
    const { sink, tracker, send } = setUp();
    send(1);
    tracker.onLiveEvent(11, frame(1));
    expect(sink.of(CROSS)).toHaveLength(0);
  });

  it('counts deliveries that arrive before the OK', () => {
    const { sink, tracker, send } = setUp();
    send(0);
    tracker.onLiveEvent(10, frame(0));
    tracker.onLiveEvent(12, frame(0));
    tracker.onEnded(0, 'accepted');
    expect(sink.counts).toMatchObject({ 'deliveries_expected/0': 2, 'deliveries_received/0': 2 });
  });

  it('counts what never came as missing at the end', () => {
    const { sink, tracker, send } = setUp();
    send(0);
    tracker.onEnded(0, 'accepted');
    tracker.onLiveEvent(10, frame(0));
    tracker.retireAll();
    expect(sink.counts).toMatchObject({
      'deliveries_expected/0': 2,
      'deliveries_received/0': 1,
      'deliveries_missing/0': 1,
    });
    expect(sink.of(LAST)).toHaveLength(0);
  });

  it('counts what never came above all deliveries that did, from the schedule and from the write', () => {
    const { sink, tracker, send } = setUp();
    send(0);
    tracker.onEnded(0, 'accepted');
    tracker.onLiveEvent(10, frame(0));
    tracker.retireAll();
    for (const series of [DELIVERY, DELIVERY + 1, LAST, LAST + 1])
      expect(sink.counts[`censored:${series}/0`]).toBe(1);
  });

  it('owes nothing for an event that was not accepted', () => {
    const { sink, tracker, send } = setUp();
    send(0);
    tracker.onLiveEvent(10, frame(0));
    tracker.retireAll();
    expect(sink.counts).toEqual({});
  });

  it('counts an event that comes again as duplicate, also after it is complete', () => {
    const { sink, tracker, send } = setUp();
    send(1);
    tracker.onEnded(1, 'accepted');
    tracker.onLiveEvent(11, frame(1));
    tracker.onLiveEvent(11, frame(1));
    expect(sink.counts).toMatchObject({ 'deliveries_received/0': 1, 'deliveries_duplicate/0': 1 });
    expect(sink.of(DELIVERY)).toHaveLength(1);
  });

  it('keeps who missed an accepted event, with the beginning of its id and what was asked', () => {
    const { cases, tracker, send } = setUp();
    tracker.useFilters(() => ({ kinds: [1], '#t': ['topic'] }));
    send(0);
    tracker.onEnded(0, 'accepted');
    tracker.onLiveEvent(10, frame(0));
    tracker.retireAll();
    expect(cases.kept).toEqual([
      {
        counter: 'deliveries_missing',
        evidence: {
          connection: 12,
          subscription: 's',
          filter: { kinds: [1], '#t': ['topic'] },
          expected: [{ id: '00abcdef00000001', kind: 1 }],
          got: [],
          note: 'the relay accepted the event, and 1 of 2 subscribers did not get it',
        },
      },
    ]);
  });

  it('names no kind of a missing event where the filter has several', () => {
    const { cases, tracker, send } = setUp();
    tracker.useFilters(() => ({ kinds: [1, 6] }));
    send(0);
    tracker.onEnded(0, 'accepted');
    tracker.retireAll();
    expect(cases.kept.map(({ evidence }) => evidence.expected)).toEqual([[{ id: '00abcdef00000001' }]]);
  });

  it('keeps no case of an event that all have, nor of one that the relay refused', () => {
    const { cases, tracker, send } = setUp();
    send(0);
    tracker.onEnded(0, 'accepted');
    for (const connection of [10, 12]) tracker.onLiveEvent(connection, frame(0));
    send(1);
    tracker.onEnded(1, 'failed');
    tracker.retireAll();
    expect(cases.kept).toEqual([]);
  });

  it('keeps what came for the second time, and to whom', () => {
    const { cases, tracker, send } = setUp();
    tracker.useFilters((topic) => ({ '#t': [`topic ${topic}`] }));
    send(1);
    const whole = { ...strangeEvent, tags: [['rb', markerTag(RUN, 1, 0)]] };
    for (let times = 0; times < 2; times++)
      tracker.onLiveEvent(11, Buffer.from(JSON.stringify(['EVENT', 's', whole])));
    const got = [{ id: strangeEvent.id, kind: 1 }];
    const asked = { connection: 11, subscription: 's', filter: { '#t': ['topic 1'] } };
    const evidence = { ...asked, expected: [], got, note: 'it had come to this subscriber before' };
    expect(cases.kept).toEqual([{ counter: 'deliveries_duplicate', evidence }]);
  });

  it('takes no frame without an event and none of a connection that subscribes to nothing', () => {
    const { tracker, send } = setUp();
    send(0);
    expect(tracker.onLiveEvent(10, Buffer.from('["EVENT","s",{}]'))).toBe(false);
    expect(tracker.onLiveEvent(99, frame(0))).toBe(false);
  });

  it('counts an event of another topic as unmatched, and keeps what was asked and what came', () => {
    const { sink, cases, tracker, send } = setUp();
    tracker.useFilters((topic) => ({ '#t': [`topic ${topic}`] }));
    send(0);
    const whole = { ...strangeEvent, tags: [['rb', markerTag(RUN, 0, 0)]] };
    expect(tracker.onLiveEvent(11, Buffer.from(JSON.stringify(['EVENT', 's', whole])))).toBe(true);
    expect(sink.counts).toEqual({ 'deliveries_unmatched/0': 1 });
    expect(cases.kept).toEqual([
      {
        counter: 'deliveries_unmatched',
        evidence: {
          connection: 11,
          subscription: 's',
          filter: { '#t': ['topic 1'] },
          expected: [],
          got: [{ id: strangeEvent.id, kind: 1 }],
        },
      },
    ]);
  });

  it.each([
    { asked: [1], unmatched: undefined },
    { asked: [7], unmatched: 1 },
  ])("judges another client's event by the filter: kinds $asked", ({ asked, unmatched }) => {
    const { sink, tracker } = setUp();
    tracker.useFilters(() => ({ kinds: asked }));
    expect(tracker.onLiveEvent(10, Buffer.from(JSON.stringify(['EVENT', 's', strangeEvent])))).toBe(true);
    expect(sink.counts['deliveries_unmatched/0']).toBe(unmatched);
  });

  it('still expects what a subscription asked for after the relay has ended it', () => {
    const { sink, tracker, send } = setUp();
    tracker.onUnsubscribed(12);
    send(0);
    tracker.onEnded(0, 'accepted');
    tracker.onLiveEvent(10, frame(0));
    tracker.retireAll();
    expect(sink.counts).toMatchObject({ 'deliveries_expected/0': 2, 'deliveries_missing/0': 1 });
  });

  it('takes what never arrived for slower than all that did', () => {
    const { sink, tracker, send } = setUp();
    send(0);
    tracker.onEnded(0, 'accepted');
    tracker.onLiveEvent(10, frame(0));
    tracker.retireAll();
    expect([sink.censoredOf(DELIVERY), sink.censoredOf(LAST)]).toEqual([1, 1]);
  });

  it('settles an event that leaves the window with receivers missing', () => {
    const { sink, tracker, send } = setUp();
    send(0);
    tracker.onEnded(0, 'accepted');
    for (let n = 1; n <= 256; n++) send(n);
    expect(sink.counts).toMatchObject({ 'deliveries_missing/0': 2 });
  });
});
