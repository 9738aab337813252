import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRandom } from '../../../../src/base/random.ts';
import { encodeMaskedTextFrame, messageOfMaskedFrame } from '../../../../src/base/websocket-frame.ts';
import { LATENCY_NAMES } from '../../../../src/metric/catalogue.ts';
import { buildSeriesTable } from '../../../../src/metric/series-table.ts';
import { FrameStore } from '../../../../src/wire/frame-store.ts';
import { Askers } from '../../../../src/workload/visibility/askers.ts';
import { VisibilityWorkload } from '../../../../src/workload/visibility/visibility-workload.ts';
import { FakeCases } from '../../../support/fake-cases.ts';
import { FakeSink } from '../../../support/fake-sink.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const SERIES = buildSeriesTable(LATENCY_NAMES, {});
const ID = 'ab'.repeat(32);
const MS = 1e6;

/** A watcher of what connection 1 publishes; connections 2 and 3 ask. */
function harness(options: { atOnce?: number; samples_per_s?: number } = {}) {
  const sink = new FakeSink();
  const cases = new FakeCases();
  const sent: { connection: number; message: unknown[] }[] = [];
  const workload = new VisibilityWorkload({
    askers: new Askers({
      connections: [1, 2, 3],
      isOpen: () => true,
      placeOf: () => 'one',
      random: createRandom(1, 'askers'),
    }),
    samples_per_s: options.samples_per_s ?? 1_000,
    everyMs: 5,
    atOnce: options.atOnce ?? 8,
    timeoutMs: 1_000,
    start: { monotonicNs: 0 },
    sink,
    series: SERIES,
    cases,
    send: (connection, frame) =>
      sent.push({ connection, message: JSON.parse(messageOfMaskedFrame(frame)) as unknown[] }),
    nextMask: () => 7,
  });
  const store = new FrameStore(1_000, 4);
  const publish = (number: number, startedNs: number, id = ID): void => {
    const frame = encodeMaskedTextFrame(JSON.stringify(['EVENT', { id, kind: 1 }]), 0x01020304);
    const slot = store.take();
    frame.copy(store.bytes, store.startOf(slot));
    store.length[slot] = frame.length;
    store.number[slot] = number;
    store.connection[slot] = 1;
    workload.onSent(store, slot, startedNs, startedNs);
    store.release(slot);
  };
  const polls = () => sent.filter(({ message }) => message[0] === 'REQ');
  const eventOf = (id = ID) => Buffer.from(JSON.stringify(['EVENT', 'v', { id }]));
  return { workload, sink, cases, sent, publish, polls, eventOf };
}

describe('watching an event', () => {
  it('asks for it by id at once, on another connection, and again until it is there', () => {
    const { workload, sink, publish, polls, eventOf, sent } = harness();
    publish(0, 10 * MS);
    expect(polls()).toHaveLength(1);
    expect(polls()[0]?.message).toEqual(['REQ', 'v00000000', { ids: [ID] }]);
    const asker = polls()[0]?.connection ?? 0;
    expect([2, 3]).toContain(asker);
    expect(workload.onEose(asker, 0)).toBe(true);
    vi.advanceTimersByTime(5);
    expect(polls()).toHaveLength(2);
    expect(workload.onEvent(polls()[1]?.connection ?? 0, 1, eventOf())).toBe(true);
    vi.advanceTimersByTime(100);
    expect(polls()).toHaveLength(2);
    expect(workload.pending).toBe(0);
    expect(sink.counts).toMatchObject({
      'visibility_samples/0': 1,
      'visibility_seen/0': 1,
      'visibility_polls/0': 2,
    });
    expect(sink.latencies).toHaveLength(2);
    expect(sent.filter(({ message }) => message[0] === 'CLOSE')).toHaveLength(2);
  });

  it('takes no event of another id, and none that comes live after EOSE', () => {
    const { workload, sink, publish, polls, eventOf } = harness();
    publish(0, 10 * MS);
    const asker = polls()[0]?.connection ?? 0;
    expect(workload.onEvent(asker, 0, eventOf('cd'.repeat(32)))).toBe(true);
    workload.onEose(asker, 0);
    expect(workload.onEvent(asker, 0, eventOf())).toBe(true);
    expect(sink.counts['visibility_seen/0']).toBeUndefined();
  });

  it('notes once that a REQ written after the OK did not return it', () => {
    const { workload, sink, cases, publish, polls } = harness();
    publish(0, 10 * MS);
    workload.onEose(polls()[0]?.connection ?? 0, 0);
    workload.onEnded(0, 'accepted');
    for (const sequence of [1, 2]) {
      vi.advanceTimersByTime(6);
      workload.onEose(polls()[sequence]?.connection ?? 0, sequence);
    }
    expect(sink.counts['visibility_behind_ok/0']).toBe(1);
    expect(cases.kept.map(({ counter }) => counter)).toEqual(['visibility_behind_ok']);
  });

  it('ends where the relay does not take the event', () => {
    const { workload, sink, publish } = harness();
    publish(0, 10 * MS);
    workload.onEnded(0, 'failed');
    expect(sink.counts).toMatchObject({ 'visibility_refused/0': 1 });
    expect(workload.pending).toBe(0);
  });

  it('counts refused polls by prefix and asks on', () => {
    const { workload, sink, publish, polls } = harness();
    publish(0, 10 * MS);
    expect(workload.onClosed(polls()[0]?.connection ?? 0, 0, 'rate-limited')).toBe(true);
    vi.advanceTimersByTime(6);
    expect(polls()).toHaveLength(2);
    expect(sink.counts['visibility_closes:rate-limited/0']).toBe(1);
  });

  it('asks elsewhere where the connection of a poll closes', () => {
    const { workload, publish, polls } = harness();
    publish(0, 10 * MS);
    workload.onConnectionClosed(polls()[0]?.connection ?? 0);
    vi.advanceTimersByTime(6);
    expect(polls()).toHaveLength(2);
  });

  it('gives up at the deadline, slower than all others', () => {
    const { workload, sink, cases, publish } = harness();
    publish(0, 10 * MS);
    workload.expire(1_009 * MS);
    expect(workload.pending).toBe(1);
    workload.expire(1_010 * MS);
    expect(workload.pending).toBe(0);
    const series = SERIES.indexOf('visibility_latency');
    expect([sink.censoredOf(series), sink.censoredOf(series + 1)]).toEqual([1, 1]);
    expect(sink.counts['visibility_timeout/0']).toBe(1);
    expect(cases.kept[0]?.evidence.filter).toEqual({ ids: [ID] });
  });
});

describe('the sample of events that is watched', () => {
  it('is no larger than asked for, at once', () => {
    const { sink, publish } = harness({ atOnce: 2 });
    for (let number = 0; number < 5; number++) publish(number, number * 2 * MS);
    expect(sink.counts['visibility_samples/0']).toBe(2);
  });

  it('is as many a second as asked for, whatever the rate of publishing', () => {
    const { workload, sink, publish } = harness({ samples_per_s: 10 });
    for (let number = 0; number < 2_000; number++) {
      publish(number, 1_000 * MS + number * MS);
      workload.onEnded(number, 'failed');
    }
    const samples = [1, 2].map((phase) => sink.counts[`visibility_samples/${phase}`] ?? 0);
    expect(samples).toEqual([10, 10]);
  });
});
