import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import * as clock from '../../../../src/base/clock.ts';
import { messageOfMaskedFrame } from '../../../../src/base/websocket-frame.ts';
import { ClientSigner } from '../../../../src/corpus/client-signer.ts';
import { LATENCY_NAMES } from '../../../../src/metric/catalogue.ts';
import { buildSeriesTable } from '../../../../src/metric/series-table.ts';
import type { NostrEvent } from '../../../../src/nostr/event.ts';
import { lineOfStep, type TraceStep } from '../../../../src/trace/format.ts';
import { FrameStore } from '../../../../src/wire/frame-store.ts';
import { loadSteps, publishersOf } from '../../../../src/workload/recorded/load-steps.ts';
import { ReplayBooks } from '../../../../src/workload/recorded/replay-books.ts';
import { FRAME, ReplayRequests } from '../../../../src/workload/recorded/replay-requests.ts';
import { ReplayWorkload } from '../../../../src/workload/recorded/replay-workload.ts';
import { ReplayWrites } from '../../../../src/workload/recorded/replay-writes.ts';
import { TraceMapping } from '../../../../src/workload/recorded/trace-mapping.ts';
import { StepSender } from '../../../../src/workload/step-sender.ts';
import { FakeSink } from '../../../support/fake-sink.ts';

const MS = 1e6;
const SERIES = buildSeriesTable(LATENCY_NAMES, { message: ['REQ', 'EVENT', 'COUNT'] });
const REQ = SERIES.indexOf('replay_latency', 'REQ');
const EVENT = SERIES.indexOf('replay_latency', 'EVENT');
const HEAD = { trace: 'relay-bench', version: 1, startedAt: '', ids: 'mapped', content: 'dropped', part: 1 };

let root = '';
let nowNs = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'relay-bench-recorded-'));
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(() => {
  nowNs = 0;
  vi.spyOn(clock, 'monotonicNs').mockImplementation(() => nowNs);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const at = (atMs: number, connection = 0) => ({ atUs: 5_000 + atMs * 1_000, connection });
const open = (atMs: number, connection = 0): TraceStep => ({ what: 'open', ...at(atMs, connection) });
const request = (atMs: number, subscription = 0): TraceStep => ({
  ...{ what: 'REQ', ...at(atMs), subscription, filters: [{ kinds: [1] }] },
});
const close = (atMs: number, isAnswered: boolean): TraceStep => ({
  ...{ what: 'CLOSE', ...at(atMs), subscription: 0, isAnswered },
});
const leave = (atMs: number, isAnswered: boolean): TraceStep => ({ what: 'close', ...at(atMs), isAnswered });
const publish = (atMs: number, id = 'e', connection = 0): TraceStep => ({
  what: 'EVENT',
  ...at(atMs, connection),
  event: { id, pubkey: 'alice', kind: 1, created: -3, tags: [['t', 'x']], bytes: 40 },
});

/** A worker's part that replays a trace; what it writes is written at once. */
async function harness(trace: readonly TraceStep[], { factor = 1, index = 0, count = 1 } = {}) {
  const path = join(root, `${Math.random()}.jsonl`);
  await writeFile(path, [JSON.stringify(HEAD), ...trace.map(lineOfStep), ''].join('\n'));
  const publishers = await publishersOf(path);
  const pools = { authors: [], ids: [], threads: [], topics: [], words: [] };
  const { steps, maxFrameBytes, sequences } = await loadSteps({
    ...{ path, factor, publishers, shard: { index, count }, firstConnection: 100, start_s: 1_700_000_000 },
    mapping: new TraceMapping({ seed: 1, publishers, pools }),
    nextMask: () => 0x1234567,
  });
  const sink = new FakeSink();
  const sent: (readonly [string, ...unknown[]])[] = [];
  const connections = { opened: [] as number[], closed: [] as number[] };
  const isOpen = new Set<number>();
  const start = { monotonicNs: 0 };
  const books = new ReplayBooks({ sink, series: SERIES, start });
  const common = {
    ...{ books, start, sink, series: SERIES, timeoutMs: 1_000, sender: () => sender },
    sendNow: () => undefined,
    onEnded: (connection: number) => workload.onEnded(connection),
  };
  const requests = new ReplayRequests({ ...common, sequences, currentPhase: () => 0 });
  const writes = new ReplayWrites({
    ...{ ...common, signer: new ClientSigner(1), seed: 1, runTag: '00000000', nextMask: () => 7 },
    mayNeedAgain: () => false,
  });
  const sender = new StepSender({
    store: new FrameStore(maxFrameBytes, 8),
    isOpen: (connection) => isOpen.has(connection),
    onWritten: (slot, startedNs) => {
      const { store } = sender;
      if (store.tag[slot] === FRAME.event) writes.onWritten(slot, startedNs);
      else requests.onWritten(store.keyLow[slot] as number, startedNs);
    },
    onUnwritten: () => undefined,
    onRest: () => undefined,
  });
  const stage = (connection: number, _owner: number, slot: number): void => {
    const { store } = sender;
    const frame = store.bytes.subarray(
      store.startOf(slot),
      store.startOf(slot) + (store.length[slot] as number),
    );
    sent.push(JSON.parse(messageOfMaskedFrame(frame)) as [string, ...unknown[]]);
    store.connection[slot] = connection;
    sender.onWritten(slot, connection, nowNs + 1);
    store.release(slot);
  };
  sender.attach({ stage, flush: () => undefined } as never, 0);
  const workload = new ReplayWorkload({
    ...{ steps, start, requests, writes, books, sink, endNs: () => 1e12, onCredit: () => undefined },
    connections: {
      open: (connection) => connections.opened.push(connection),
      close: (connection) => {
        isOpen.delete(connection);
        connections.closed.push(connection);
      },
      opening: 0,
    },
    unwritten: () => sender.unwritten,
    flush: () => sender.flush(),
  });
  const accept = (connection = 100): void => {
    isOpen.add(connection);
    workload.onConnectionOpened(connection);
  };
  /** Carries out what is due until then. */
  const until = (ms: number): void => {
    while (workload.dueNs() <= ms * MS) {
      nowNs = Math.max(nowNs, workload.dueNs());
      workload.fire();
    }
    nowNs = ms * MS;
  };
  const lose = (connection = 100): void => {
    isOpen.delete(connection);
    workload.onConnectionClosed(connection);
  };
  return { sink, sent, connections, workload, requests, writes, accept, until, lose, steps };
}

const verbs = (sent: readonly (readonly [string, ...unknown[]])[]): readonly string[] =>
  sent.map(([verb]) => verb);

describe('the steps of a trace', () => {
  test('are due when they were, from the first one on, or so many times as fast', async () => {
    const { steps } = await harness([open(0), request(20), leave(50, true)]);
    expect(steps.map(({ dueNs }) => dueNs / MS)).toEqual([0, 20, 50]);
    const fast = await harness([open(0), request(20), leave(50, true)], { factor: 2 });
    expect(fast.steps.map(({ dueNs }) => dueNs / MS)).toEqual([0, 10, 25]);
  });

  test('belong to one worker each', async () => {
    const trace = [open(0, 0), open(1, 7), open(2, 9), publish(3, 'e', 7)];
    const [first, second] = [
      await harness(trace, { index: 0, count: 2 }),
      await harness(trace, { index: 1, count: 2 }),
    ];
    expect(first.steps.map(({ connection }) => connection)).toEqual([100, 102]);
    expect(second.steps.map(({ connection }) => connection)).toEqual([101, 101]);
  });

  test('an event that came twice is one event, whichever workers send it', async () => {
    const trace = [
      open(0, 0),
      open(0, 1),
      publish(1, 'same', 0),
      publish(2_500, 'same', 1),
      publish(2_600, 'other', 1),
    ];
    const sent = [];
    for (const index of [0, 1]) {
      const one = await harness(trace, { index, count: 2 });
      one.until(0);
      one.accept(100 + index);
      one.until(3_000);
      sent.push(...one.sent.map(([, event]) => (event as NostrEvent).id));
    }
    expect(sent).toHaveLength(3);
    expect(sent[0]).toBe(sent[1]);
    expect(sent[2]).not.toBe(sent[0]);
  });
});

describe('a client of a trace', () => {
  test('asks, closes and leaves when it did', async () => {
    const { sent, connections, accept, until, requests, sink } = await harness([
      ...[open(0), request(20), close(30, false), leave(50, true)],
    ]);
    until(0);
    expect(connections.opened).toEqual([100]);
    accept();
    until(19);
    expect(sent).toEqual([]);
    until(20);
    expect(sent).toEqual([['REQ', 'y00000000', { kinds: [1] }]]);
    nowNs = 25 * MS;
    expect(requests.onEose(100, 0)).toBe(true);
    until(60);
    expect(verbs(sent)).toEqual(['REQ', 'CLOSE']);
    expect(connections.closed).toEqual([100]);
    expect(sink.of(REQ)).toEqual([{ series: REQ, phase: 0, ns: 5 * MS }]);
    expect(sink.counts).toMatchObject({
      ...{ 'replays_sent/0': 1, 'replay_reqs_sent/0': 1, 'replays_answered/0': 1, 'replay_closes_sent/0': 1 },
      ...{ 'replay_connections/0': 1, 'replay_connections_closed/0': 1 },
    });
  });

  test('that had its answer before the CLOSE waits for it, however late it is', async () => {
    const { sent, accept, until, requests, sink } = await harness([open(0), request(10), close(20, true)]);
    until(0);
    accept();
    until(500);
    expect(verbs(sent)).toEqual(['REQ']);
    requests.onEose(100, 0);
    expect(verbs(sent)).toEqual(['REQ', 'CLOSE']);
    expect(sink.of(REQ)[0]?.ns).toBe(490 * MS);
    expect(sink.counts['replays_ended/0']).toBeUndefined();
  });

  test('that gave up its question does so again', async () => {
    const { sent, accept, until, requests, sink } = await harness([open(0), request(10), close(20, false)]);
    until(0);
    accept();
    until(30);
    expect(verbs(sent)).toEqual(['REQ', 'CLOSE']);
    expect(sink.counts).toMatchObject({ 'replays_sent/0': 1, 'replays_ended/0': 1 });
    // What was under way is no stray frame.
    expect([requests.onEvent(100, 0), requests.onEose(100, 0)]).toEqual([true, true]);
    expect(sink.of(REQ)).toEqual([]);
  });

  test('that had all answers leaves when it has them', async () => {
    const { connections, accept, until, writes, sent, sink } = await harness([
      open(0),
      publish(5),
      leave(10, true),
    ]);
    until(0);
    accept();
    until(300);
    expect(connections.closed).toEqual([]);
    const id = (sent[0]?.[1] as NostrEvent | undefined)?.id ?? '';
    writes.onAccepted(100, Number.parseInt(id.slice(0, 8), 16), Number.parseInt(id.slice(8, 16), 16));
    expect(connections.closed).toEqual([100]);
    expect(sink.of(EVENT)[0]?.ns).toBe(295 * MS);
  });

  test('that left amid a question leaves it unanswered again', async () => {
    const { connections, accept, until, sink } = await harness([open(0), request(5), leave(10, false)]);
    until(0);
    accept();
    until(20);
    expect(connections.closed).toEqual([100]);
    expect(sink.counts).toMatchObject({ 'replays_ended/0': 1, 'replay_connections_closed/0': 1 });
  });

  test('whose connection opens late does then what it wanted, and its times count', async () => {
    const { sent, accept, until, requests, sink } = await harness([open(0), request(10)]);
    until(100);
    expect(sent).toEqual([]);
    accept();
    until(100);
    expect(verbs(sent)).toEqual(['REQ']);
    requests.onEose(100, 0);
    expect(sink.of(REQ)[0]?.ns).toBe(90 * MS);
  });

  test('whose connection never opens has sent nothing', async () => {
    const { until, workload, sink } = await harness([open(0), request(10), publish(15), request(30, 1)]);
    until(20);
    workload.onConnectionFailed(100);
    until(40);
    expect(sink.counts).toMatchObject({ 'replays_unsent/0': 3, 'replay_connections_failed/0': 1 });
    expect(sink.censoredOf(REQ)).toBe(2);
  });

  test('whose connection the relay closes loses what is unanswered', async () => {
    const { accept, until, lose, sink } = await harness([open(0), request(10), publish(11), request(30, 1)]);
    until(0);
    accept();
    until(20);
    lose();
    until(40);
    expect(sink.counts).toMatchObject({
      ...{ 'replays_lost_at_close/0': 2, 'replays_unsent/0': 1, 'replay_connections_lost/0': 1 },
    });
  });

  test('of a part of a trace that begins amid its session is connected first', async () => {
    const { connections, accept, until, sent } = await harness([request(0)]);
    until(5);
    expect(connections.opened).toEqual([100]);
    accept();
    until(5);
    expect(verbs(sent)).toEqual(['REQ']);
  });
});

describe('what a relay says', () => {
  async function asked(...more: readonly TraceStep[]) {
    const all = await harness([open(0), request(10), ...more]);
    all.until(0);
    all.accept();
    all.until(20);
    return all;
  }

  test('events before and after EOSE are told apart', async () => {
    const { requests, sink } = await asked();
    requests.onEvent(100, 0);
    requests.onEose(100, 0);
    requests.onEvent(100, 0);
    expect(sink.counts).toMatchObject({ 'replay_events_stored/0': 1, 'replay_events_live/0': 1 });
    expect(requests.onEvent(100, 9)).toBe(false);
  });

  test('CLOSED before and after EOSE are told apart', async () => {
    const refused = await asked();
    refused.requests.onClosed(100, 0, 'error');
    expect(refused.sink.counts).toMatchObject({ 'replay_closes:error/0': 1 });
    const ended = await asked();
    ended.requests.onEose(100, 0);
    ended.requests.onClosed(100, 0, 'error');
    expect(ended.sink.counts).toMatchObject({ 'replay_subscriptions_ended/0': 1 });
    expect(ended.sink.counts['replay_closes:error/0']).toBeUndefined();
  });

  test('what has no answer in time is a timeout, and its answer late', async () => {
    const { workload, requests, sink } = await asked();
    nowNs = 1_100 * MS;
    workload.expire(nowNs);
    expect(sink.counts).toMatchObject({ 'replays_timeout/0': 1 });
    requests.onEose(100, 0);
    expect(sink.counts).toMatchObject({ 'replies_late/0': 1 });
  });

  test('a REQ under the same id takes the place of the first', async () => {
    const { sent, requests, sink } = await asked(request(15));
    expect(sent.map(([, id]) => id)).toEqual(['y00000000', 'y00000000']);
    requests.onEose(100, 0);
    expect(sink.counts).toMatchObject({ 'replays_sent/0': 2, 'replays_ended/0': 1, 'replays_answered/0': 1 });
  });

  test('an event that is refused is counted by its prefix', async () => {
    const { writes, sent, sink } = await asked(publish(12));
    const id = (sent[1]?.[1] as NostrEvent | undefined)?.id ?? '';
    const [idHigh, idLow] = [0, 8].map((from) => Number.parseInt(id.slice(from, from + 8), 16));
    const refusal = { idHigh: idHigh ?? 0, idLow: idLow ?? 0, accepted: false, prefix: 'blocked' };
    expect(writes.onOk(100, refusal)).toBe(true);
    expect(writes.onOk(100, refusal)).toBe(false);
    expect(sink.counts).toMatchObject({ 'replay_rejected:blocked/0': 1 });
  });
});

describe('the end of a run', () => {
  test('what the generator never came to is dropped, and who is there stays', async () => {
    const { workload, accept, until, sink } = await harness([open(0), request(10), publish(20)]);
    until(0);
    accept();
    workload.dropRest();
    workload.endAll();
    expect(sink.counts).toMatchObject({ 'replays_dropped/0': 2, 'replay_connections_staying/0': 1 });
  });

  test('events are signed ahead, by keys of their authors', async () => {
    const { workload, accept, until, sent } = await harness([open(0), publish(10, 'a'), publish(20, 'b')]);
    expect([workload.readAhead(), workload.readAhead(), workload.readAhead()]).toEqual([true, true, false]);
    until(0);
    accept();
    until(30);
    const events = sent.map(([, event]) => event as NostrEvent);
    expect(new Set(events.map(({ pubkey }) => pubkey)).size).toBe(1);
    expect(events[0]).toMatchObject({ kind: 1, created_at: 1_700_000_000 - 3, tags: [['t', 'x']] });
    expect(events[0]?.content).toHaveLength(40);
  });
});
