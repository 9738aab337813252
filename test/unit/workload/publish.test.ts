import { describe, expect, it } from 'vitest';
import { monotonicNs } from '../../../src/base/clock.ts';
import type { EventFrames } from '../../../src/corpus/event-frames.ts';
import { LATENCY_NAMES } from '../../../src/metric/catalogue.ts';
import { buildSeriesTable } from '../../../src/metric/series-table.ts';
import type { Connection } from '../../../src/wire/connection.ts';
import { FrameStore } from '../../../src/wire/frame-store.ts';
import { Outbox } from '../../../src/wire/outbox.ts';
import { Rotation } from '../../../src/workload/clients.ts';
import type { ArrivalSchedule } from '../../../src/workload/frame-ahead.ts';
import { countingSchedule, openModel } from '../../../src/workload/load-model.ts';
import { PublishWorkload } from '../../../src/workload/publish/publish-workload.ts';
import type { SeriesOfConnection } from '../../../src/workload/regional-series.ts';
import { FakeCases } from '../../support/fake-cases.ts';
import { FakeSink } from '../../support/fake-sink.ts';

const series = buildSeriesTable(LATENCY_NAMES, {});
const ACK = series.indexOf('ack_latency');
const REJECT = series.indexOf('reject_latency');
const LAG = series.indexOf('send_lag');
const HIGH = 0xaaaa0000;
/** Key of event 0. */
const KEY = { idHigh: HIGH, idLow: 0 };

/** Events whose key is their number. */
const frames: EventFrames = {
  maxFrameBytes: 4,
  topic: 0,
  hasVersions: true,
  isReady: () => true,
  isRepeat: () => false,
  sortOf: () => 0,
  idHigh: HIGH,
  idLow: 0,
  write(target, offset, n) {
    (this as { idLow: number }).idLow = n;
    return target.write('evt!', offset);
  },
};

function setUp(
  openConnections: readonly number[] = [1, 2],
  written: EventFrames = frames,
  takesBytes = true,
  {
    schedule = countingSchedule(0, 1),
    mayNeedAgain = true,
    keptBytes = 1_024,
    ackIn,
  }: {
    schedule?: ArrivalSchedule;
    mayNeedAgain?: boolean;
    keptBytes?: number;
    ackIn?: SeriesOfConnection;
  } = {},
) {
  const sink = new FakeSink();
  const cases = new FakeCases();
  const away = new Set<number>();
  const sentAgain: { connection: number; frame: Buffer }[] = [];
  const fates: unknown[][] = [];
  const startNs = monotonicNs() - 1e6;
  const model = openModel(new Rotation([1, 2], (connection) => openConnections.includes(connection)));
  const publish = new PublishWorkload({
    store: new FrameStore(4, 8),
    frames: written,
    schedule,
    model,
    pick: () => model.pick(),
    sorts: [{ ackSeries: ACK, ackIn, kind: 1 }],
    timeoutMs: 1_000,
    start: { monotonicNs: startNs, wallMs: 0 },
    sink,
    series,
    fate: {
      onSent: () => undefined,
      onEnded: (...ended) => void fates.push(['ended', ...ended]),
      onLate: (...late) => void fates.push(['late', ...late]),
    },
    cases,
    sendNow: (connection, frame) => sentAgain.push({ connection, frame: Buffer.from(frame) }),
    mayNeedAgain: () => mayNeedAgain,
    keptBytes,
    isAway: (connection) => away.has(connection),
  });
  const outbox = new Outbox();
  outbox.setOwners([publish]);
  for (const number of openConnections)
    outbox.open({ number, isOpen: true, write: () => takesBytes } as unknown as Connection);
  publish.sender.attach(outbox, 0);
  const sendOne = (): void => {
    publish.fire();
    outbox.flush();
  };
  return { sink, cases, publish, outbox, sendOne, startNs, sentAgain, away, fates };
}

describe('an acknowledgement', () => {
  it('counts for the region of the client that wrote, and so does one that never came', () => {
    // The first event goes to connection 1, the second to connection 2.
    const regions = [REJECT, ACK];
    const { sink, publish, sendOne } = setUp([1, 2], frames, true, {
      ackIn: (connection) => regions[connection - 1] ?? -1,
    });
    sendOne();
    publish.onOk(1, { ...KEY, accepted: true, prefix: '' });
    expect([sink.of(REJECT).length, sink.of(ACK).length]).toEqual([1, 0]);
    sendOne();
    publish.expire(Number.POSITIVE_INFINITY);
    expect([sink.censoredOf(REJECT), sink.censoredOf(ACK)]).toEqual([0, 1]);
  });
});

it('an event that was never written counts for the region of the client that it was for', () => {
  const regions = [REJECT, ACK];
  const { sink, publish, outbox } = setUp([1, 2], frames, true, {
    ackIn: (connection) => regions[connection - 1] ?? -1,
  });
  publish.fire();
  outbox.close(1);
  expect(sink.counts).toMatchObject({ 'events_unsent/0': 1 });
  expect([sink.censoredOf(REJECT), sink.censoredOf(ACK)]).toEqual([1, 0]);
});

it('an event that was for no client counts for no region', () => {
  const { sink, publish } = setUp([], frames, true, { ackIn: () => REJECT });
  publish.fire();
  expect([sink.censoredOf(REJECT), sink.censoredOf(ACK)]).toEqual([0, 1]);
});

describe('the fate of an event', () => {
  it.each([
    [true, '', ['accepted', '']],
    [true, 'duplicate', ['duplicate', '']],
    [false, 'blocked', ['failed', 'blocked']],
    [false, 'duplicate', ['superseded', 'duplicate']],
  ] as const)('that was answered %s %s is told', (accepted, prefix, fate) => {
    const { publish, sendOne, fates } = setUp();
    sendOne();
    publish.onOk(1, { ...KEY, accepted, prefix });
    expect(fates).toEqual([['ended', 0, ...fate]]);
  });

  it('that was not answered is told as unknown, and what is said of it later as well', () => {
    const { publish, sendOne, fates } = setUp();
    sendOne();
    publish.expire(monotonicNs() + 2e9);
    publish.onAccepted(1, HIGH, 0);
    expect(fates).toEqual([
      ['ended', 0, 'failed', 'no answer'],
      ['late', 0, 'accepted', ''],
    ]);
  });

  it('that was refused late is told with its reason', () => {
    const { publish, sendOne, fates } = setUp();
    sendOne();
    publish.expire(monotonicNs() + 2e9);
    publish.onOk(1, { ...KEY, accepted: false, prefix: 'invalid' });
    expect(fates.at(-1)).toEqual(['late', 0, 'failed', 'invalid']);
  });

  it('whose connection was lost is told as unknown', () => {
    const { publish, sendOne, fates } = setUp();
    sendOne();
    publish.onConnectionClosed(1);
    expect(fates).toEqual([['ended', 0, 'failed', 'connection lost']]);
  });
});

describe('PublishWorkload', () => {
  it('matches an OK by id and connection and records latency, service time and lag', () => {
    const { sink, publish, sendOne } = setUp();
    sendOne();
    expect(publish.onAccepted(1, HIGH, 0)).toBe(true);
    expect(sink.counts).toEqual({ 'events_sent/0': 1, 'events_accepted/0': 1 });
    expect([ACK, ACK + 1, LAG].map((each) => sink.of(each).length)).toEqual([1, 1, 1]);
    const [latency, service] = [sink.of(ACK)[0]?.ns ?? 0, sink.of(ACK + 1)[0]?.ns ?? 0];
    expect(latency).toBeGreaterThanOrEqual(service + (sink.of(LAG)[0]?.ns ?? 0) - 1);
  });

  it('takes connections in turn', () => {
    const { publish, sendOne } = setUp();
    sendOne();
    sendOne();
    expect(publish.onAccepted(2, HIGH, 1)).toBe(true);
    expect(publish.onAccepted(1, HIGH, 0)).toBe(true);
  });

  it('never takes an OK on another connection or for another id', () => {
    const { sink, publish, sendOne } = setUp();
    sendOne();
    expect(publish.onAccepted(2, HIGH, 0)).toBe(false);
    expect(publish.onAccepted(1, HIGH, 7)).toBe(false);
    expect(publish.pending).toBe(1);
    expect(sink.of(ACK)).toHaveLength(0);
  });

  it('answers only once', () => {
    const { publish, sendOne } = setUp();
    sendOne();
    expect([publish.onAccepted(1, HIGH, 0), publish.onAccepted(1, HIGH, 0)]).toEqual([true, false]);
  });

  it('keeps rejections apart from latencies of success', () => {
    const { sink, publish, sendOne } = setUp();
    sendOne();
    publish.onOk(1, { idHigh: HIGH, idLow: 0, accepted: false, prefix: 'blocked' });
    expect(sink.counts).toEqual({ 'events_sent/0': 1, 'events_rejected:blocked/0': 1 });
    expect([sink.of(ACK).length, sink.of(REJECT).length]).toEqual([0, 1]);
  });

  it('counts a duplicate as acknowledged but not as accepted', () => {
    const { sink, publish, sendOne } = setUp();
    sendOne();
    publish.onOk(1, { idHigh: HIGH, idLow: 0, accepted: true, prefix: 'duplicate' });
    expect(sink.counts).toEqual({ 'events_sent/0': 1, 'events_duplicate/0': 1 });
    expect(sink.of(ACK)).toHaveLength(1);
  });

  it('ends an unanswered event as timeout', () => {
    const { sink, cases, publish, sendOne } = setUp();
    sendOne();
    publish.expire(monotonicNs() + 2e9);
    expect(sink.counts).toMatchObject({ 'events_timeout/0': 1 });
    expect(publish.pending).toBe(0);
    expect(cases.kept).toEqual([
      {
        counter: 'events_timeout',
        evidence: {
          connection: 1,
          subscription: '',
          filter: null,
          expected: [{ id: 'aaaa000000000000', kind: 1 }],
          got: [],
          note: 'no OK within 1.00 s, or until the run ended',
        },
      },
    ]);
  });

  it('ends the events of a closed connection as lost', () => {
    const { sink, cases, publish, sendOne } = setUp();
    sendOne();
    publish.onConnectionClosed(1);
    expect(sink.counts).toMatchObject({ 'events_lost_at_close/0': 1 });
    expect(cases.kept).toEqual([]);
  });

  it('counts an arrival as unsent where no connection is open, slower than all that were answered', () => {
    const { publish, sink } = setUp([]);
    publish.fire();
    expect(publish.unwritten).toBe(0);
    expect(sink.counts).toMatchObject({ 'events_unsent/0': 1 });
    expect(sink.censoredOf(ACK)).toBe(1);
  });

  it('counts an event as unsent whose connection closes before it is written', () => {
    const { publish, sink, outbox } = setUp();
    publish.fire();
    outbox.close(1);
    expect(publish.unwritten).toBe(0);
    expect(sink.counts).toMatchObject({ 'events_unsent/0': 1 });
  });

  it('counts arrivals as unsent, and does not grow, where no socket takes any more', () => {
    const { publish, sink } = setUp([1, 2], frames, false);
    // Each socket takes one write and is full; eight frames wait for them.
    for (let n = 0; n < 20; n++) publish.fire();
    expect(publish.unwritten).toBe(8);
    expect(sink.counts).toMatchObject({ 'events_sent/0': 8, 'events_unsent/0': 4 });
  });

  it('writes what is staged where its frames fill the store while sockets take more', () => {
    const { publish, sink } = setUp();
    for (let n = 0; n < 20; n++) publish.fire();
    expect(sink.counts).toEqual({ 'events_sent/0': 16 });
    expect(publish.unwritten).toBe(4);
  });

  it('counts what waits for a socket at the end of the drain as unsent', () => {
    const { publish, sink, outbox } = setUp([1, 2], frames, false);
    for (let n = 0; n < 20; n++) publish.fire();
    outbox.giveUpAll();
    expect(publish.unwritten).toBe(0);
    expect(sink.counts).toMatchObject({ 'events_sent/0': 8, 'events_unsent/0': 12 });
  });

  it('counts arrivals that it never came to as dropped', () => {
    const { publish, sink } = setUp([1, 2], { ...frames, isReady: () => false }, true, {
      schedule: countingSchedule(0, 1, 3),
    });
    publish.sender.dropRest();
    expect(sink.counts).toMatchObject({ 'events_dropped/0': 3 });
  });

  it('counts an event that was sent before as repeated', () => {
    const { sendOne, sink } = setUp([1, 2], { ...frames, isRepeat: (n: number) => n % 2 === 1 });
    for (let n = 0; n < 5; n++) sendOne();
    expect(sink.counts).toEqual({ 'events_sent/0': 5, 'events_repeated/0': 2 });
  });
});

describe('copies of an event', () => {
  /** Every arrival publishes event 0. */
  const sameEvent: EventFrames = {
    ...frames,
    idLow: 0,
    write: (target, offset) => target.write('evt!', offset),
  };

  it('are matched on the connection that asked, the first one first', () => {
    const { sink, publish, sendOne } = setUp([1, 2], sameEvent);
    for (let n = 0; n < 4; n++) sendOne();
    expect(publish.onOk(2, { ...KEY, accepted: true, prefix: 'duplicate' })).toBe(true);
    expect(publish.onAccepted(1, HIGH, 0)).toBe(true);
    expect(publish.onOk(1, { ...KEY, accepted: true, prefix: 'duplicate' })).toBe(true);
    expect(publish.pending).toBe(1);
    expect(sink.counts).toMatchObject({
      'events_sent/0': 4,
      'events_accepted/0': 1,
      'events_duplicate/0': 2,
    });
    expect(publish.onAccepted(1, HIGH, 0)).toBe(false);
  });
});

describe('an event of which the relay has a newer version', () => {
  it.each(['duplicate', 'replaced'])('is refused and counted as superseded (%s)', (prefix) => {
    const { sink, publish, sendOne } = setUp();
    sendOne();
    publish.onOk(1, { ...KEY, accepted: false, prefix });
    expect(sink.counts).toEqual({
      'events_sent/0': 1,
      [`events_rejected:${prefix}/0`]: 1,
      'events_superseded/0': 1,
    });
  });
});

describe('events that are not ready', () => {
  it('are waited for, not dropped', () => {
    let isReady = false;
    const late: EventFrames = { ...frames, isReady: () => isReady };
    const { publish, sendOne, sink } = setUp([1, 2], late);
    expect(publish.dueNs(monotonicNs())).toBe(Number.POSITIVE_INFINITY);
    expect(publish.readAhead()).toBe(false);
    isReady = true;
    expect(publish.dueNs(monotonicNs())).toBeLessThan(Number.POSITIVE_INFINITY);
    sendOne();
    expect(publish.pending).toBe(1);
    expect(sink.counts).toEqual({ 'events_sent/0': 1 });
  });

  it('takes an OK after the deadline as late, once, and says how late', () => {
    const { sink, publish, sendOne } = setUp();
    sendOne();
    publish.expire(monotonicNs() + 2e9);
    expect(publish.onAccepted(1, HIGH, 0)).toBe(true);
    expect(sink.counts).toMatchObject({ 'events_timeout/0': 1, 'replies_late/0': 1 });
    expect(sink.of(series.indexOf('late_latency'))).toHaveLength(1);
    // NIP-01 knows one OK for an event: a second one answers nothing.
    expect(publish.onOk(1, { ...KEY, accepted: false, prefix: 'error' })).toBe(false);
  });

  it('never takes an OK as late that nothing was sent for, on another connection, or after its answer', () => {
    const { sink, publish, sendOne } = setUp();
    sendOne();
    sendOne();
    publish.onAccepted(1, HIGH, 0);
    publish.expire(monotonicNs() + 2e9);
    const isTaken = [
      publish.onAccepted(1, HIGH, 0),
      publish.onAccepted(1, HIGH, 1),
      publish.onAccepted(2, HIGH, 7),
    ];
    expect(isTaken).toEqual([false, false, false]);
    expect(sink.counts['replies_late/0']).toBeUndefined();
  });

  it('knows no newer version of an event of which there is one only', () => {
    const { sink, publish, sendOne } = setUp([1, 2], { ...frames, hasVersions: false });
    sendOne();
    publish.onOk(1, { ...KEY, accepted: false, prefix: 'replaced' });
    expect(sink.counts).toMatchObject({ 'events_rejected:replaced/0': 1 });
    expect(sink.counts['events_superseded/0']).toBe(undefined);
  });

  it.each([
    [true, undefined],
    [false, 1],
  ])(
    'finds a duplicate of an event with versions (%s) explained, of another one not',
    (hasVersions, expected) => {
      const { sink, publish, sendOne } = setUp([1, 2], { ...frames, hasVersions });
      sendOne();
      publish.onOk(1, { ...KEY, accepted: true, prefix: 'duplicate' });
      expect(sink.counts['events_duplicate/0']).toBe(1);
      expect(sink.counts['duplicates_unexplained/0']).toBe(expected);
    },
  );

  it('sends an event again that was refused until the client authenticates: it has one fate, from its own time', () => {
    const { sink, publish, sendOne, sentAgain } = setUp();
    sendOne();
    const held = publish.hold(1, { ...KEY, accepted: false, prefix: 'auth-required' });
    expect(sink.counts).toEqual({ 'events_sent/0': 1 });
    held?.again();
    expect(sentAgain.map(({ connection }) => connection)).toEqual([1]);
    expect(publish.onAccepted(1, HIGH, 0)).toBe(true);
    expect(sink.counts).toEqual({
      'events_sent/0': 1,
      'events_retried_after_auth/0': 1,
      'events_accepted/0': 1,
    });
  });

  it('counts the refusal where it stands after all', () => {
    const { sink, publish, sendOne } = setUp();
    sendOne();
    publish.hold(1, { ...KEY, accepted: false, prefix: 'auth-required' })?.refuse();
    expect(sink.counts).toMatchObject({ 'events_rejected:auth-required/0': 1 });
    expect(publish.pending).toBe(0);
  });

  it('sends nothing again that has ended in the meantime', () => {
    const { sink, publish, sendOne, sentAgain } = setUp();
    sendOne();
    const held = publish.hold(1, { ...KEY, accepted: false, prefix: 'auth-required' });
    publish.onConnectionClosed(1);
    held?.again();
    expect(sentAgain).toEqual([]);
    expect(sink.counts).toEqual({
      'events_sent/0': 1,
      'events_lost_at_close/0': 1,
      [`censored:${ACK}/0`]: 1,
      [`censored:${ACK + 1}/0`]: 1,
    });
  });

  it('keeps nothing where the relay can no more demand an AUTH', () => {
    const { publish, sendOne } = setUp([1, 2], frames, true, { mayNeedAgain: false });
    sendOne();
    expect(publish.hold(1, { ...KEY, accepted: false, prefix: 'auth-required' })).toBeNull();
  });
});

describe('events on a connection that is lost and comes back', () => {
  /** Event 0 was written on connection 1, which then was lost. */
  function lost(
    options: { keptBytes?: number } = {},
    written: EventFrames = { ...frames, hasVersions: false },
  ) {
    const all = setUp([1, 2], written, true, options);
    all.sendOne();
    all.away.add(1);
    all.publish.onConnectionClosed(1);
    const comeBack = (): void => {
      all.away.delete(1);
      all.publish.onConnectionReopened(1);
    };
    return { ...all, comeBack };
  }

  it('go out once more and have one fate', () => {
    const { publish, sink, sentAgain, comeBack } = lost();
    expect(publish.pending).toBe(1);
    comeBack();
    expect(sentAgain.map(({ connection }) => connection)).toEqual([1]);
    expect(publish.onAccepted(1, HIGH, 0)).toBe(true);
    expect(sink.counts).toEqual({ 'events_sent/0': 1, 'events_resent/0': 1, 'events_accepted/0': 1 });
  });

  it.each([true, false])('may be called duplicates (OK %s), and nothing is unexplained', (accepted) => {
    const { publish, sink, comeBack } = lost();
    comeBack();
    publish.onOk(1, { ...KEY, accepted, prefix: 'duplicate' });
    expect(sink.counts).toEqual({ 'events_sent/0': 1, 'events_resent/0': 1, 'events_duplicate/0': 1 });
  });

  it('have no deadline while their client is away, and a whole one when it is back', () => {
    const { publish, sink, comeBack } = lost();
    publish.expire(monotonicNs() + 2e9);
    expect(publish.pending).toBe(1);
    comeBack();
    publish.expire(monotonicNs() + 0.9e9);
    expect(sink.counts).toEqual({ 'events_sent/0': 1, 'events_resent/0': 1 });
    publish.expire(monotonicNs() + 1.1e9);
    expect(sink.counts).toMatchObject({ 'events_timeout/0': 1 });
  });

  it('are lost where their client is away until the run ends', () => {
    const { publish, sink, cases } = lost();
    publish.expireAll();
    expect(sink.counts).toMatchObject({ 'events_lost_at_close/0': 1 });
    expect(sink.counts['events_timeout/0']).toBeUndefined();
    expect(cases.kept).toEqual([]);
  });

  it('are lost where their frames are not at hand any more', () => {
    const { publish, sink, sentAgain, comeBack } = lost({ keptBytes: 1 });
    comeBack();
    expect(sentAgain).toEqual([]);
    expect(sink.counts).toMatchObject({ 'events_lost_at_close/0': 1 });
    expect(publish.pending).toBe(0);
  });

  it('that are due meanwhile wait for it, and their waiting is no lateness of this side', () => {
    const { publish, outbox, sink } = setUp();
    outbox.park(1);
    publish.fire();
    outbox.flush();
    expect(publish.unwritten).toBe(1);
    outbox.open({ number: 1, isOpen: true, write: () => true } as unknown as Connection);
    outbox.flush();
    expect(sink.counts).toEqual({ 'events_sent/0': 1 });
    expect(sink.of(LAG)).toHaveLength(0);
  });

  it('that are due meanwhile are unsent where its queue is full', () => {
    const { publish, outbox, sink } = setUp([1]);
    outbox.park(1);
    // Connections 1 and 2 in turn, of which 2 is not there; half of the eight slots wait.
    for (let n = 0; n < 6; n++) publish.fire();
    expect(publish.unwritten).toBe(4);
    expect(sink.counts).toMatchObject({ 'events_unsent/0': 2 });
  });
});
