import { describe, expect, test } from 'vitest';
import { encodeMaskedTextFrame } from '../../../src/base/websocket-frame.ts';
import { createEventFrameWriter } from '../../../src/corpus/event-frames.ts';
import { HistoryLog } from '../../../src/engine/worker/history-log.ts';
import type { HistoryEntry } from '../../../src/judge/history/operation.ts';
import type { NostrEvent } from '../../../src/nostr/event.ts';
import { decodeEntries } from '../../../src/result/history/codec.ts';
import { FrameStore } from '../../../src/wire/frame-store.ts';
import { madeUpEvent } from '../../support/histories.ts';

function logged(use: (log: HistoryLog) => void): HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  const log = new HistoryLog({
    start: { monotonicNs: 1_000_000 },
    relayOf: () => 2,
    send: (bytes) => entries.push(...decodeEntries(Buffer.from(bytes))),
  });
  use(log);
  log.flush();
  return entries;
}

function storeOf(frame: Buffer): FrameStore {
  const store = new FrameStore(frame.length, 1);
  frame.copy(store.bytes);
  store.length[0] = frame.length;
  store.number[0] = 7;
  store.connection[0] = 3;
  return store;
}

const frameOf = (event: NostrEvent): Buffer =>
  encodeMaskedTextFrame(JSON.stringify(['EVENT', event]), 0x12345678);

describe('the log of a worker', () => {
  test('has what was sent, when and where', () => {
    const [entry] = logged((log) => log.onSent(storeOf(frameOf(madeUpEvent(1))), 0, 0, 3_500_000));
    expect(entry).toMatchObject({
      type: 'sent',
      number: 7,
      atMs: 2.5,
      connection: 3,
      relay: 2,
      facts: {
        id: madeUpEvent(1).id,
        author: 'ab'.repeat(8),
        kind: 1,
        created_at: 1_700_000_001,
        special: null,
      },
    });
  });

  test('reads the frames that the generator signs for a run', () => {
    const spec = { seed: 1, authors: 2, kind: 1, contentBytes: 40, topics: 1, runTag: '0123abcd' };
    const writer = createEventFrameWriter(spec);
    const frame = Buffer.alloc(writer.maxFrameBytes);
    writer.write(frame, 0, 0, 1_700_000_000, 0);
    const [entry] = logged((log) => log.onSent(storeOf(frame), 0, 0, 0));
    expect(entry).toMatchObject({
      facts: { id: writer.idHex(), kind: 1, created_at: 1_700_000_000, special: null },
    });
    expect(
      writer.publicKeys.some((key) => key.startsWith((entry as { facts: { author: string } }).facts.author)),
    ).toBe(true);
  });

  test.each([
    ['an expiration', { tags: [['expiration', '1800000000']] }, { expiration: 1_800_000_000 }],
    [
      'a deletion',
      {
        kind: 5,
        tags: [
          ['e', '1'],
          ['a', '0:x:'],
        ],
      },
      { deletes: ['1'], deletesAddresses: ['0:x:'] },
    ],
    ['an address', { kind: 30_023, tags: [['d', 'x']] }, { address: `30023:${'ab'.repeat(32)}:x` }],
  ] as const)('keeps what is special of %s', (_, changes, special) => {
    const event = madeUpEvent(1, changes as Partial<NostrEvent>);
    const [entry] = logged((log) => log.onSent(storeOf(frameOf(event)), 0, 0, 0));
    expect(entry).toMatchObject({ facts: { special } });
  });

  test.each([
    ['accepted', '', 'accepted'],
    ['duplicate', '', 'duplicate'],
    ['failed', 'blocked', 'refused'],
    ['failed', 'no answer', 'unknown'],
    ['failed', 'connection lost', 'unknown'],
  ] as const)('tells a refusal from silence: %s %s is %s', (ending, reason, outcome) => {
    const [entry] = logged((log) => log.onEnded(7, ending, reason));
    expect(entry).toMatchObject({ type: 'ended', number: 7, outcome, reason });
  });

  test('sends on what it has gathered before that is much', () => {
    const sizes: number[] = [];
    const log = new HistoryLog({
      start: { monotonicNs: 0 },
      relayOf: () => 0,
      send: (bytes) => sizes.push(bytes.length),
    });
    for (let n = 0; n < 10_000; n++) log.onEnded(n, 'accepted', '');
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThan(70_000);
  });
});
