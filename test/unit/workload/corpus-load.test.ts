import { beforeEach, describe, expect, it, vi } from 'vitest';
import { readHex32 } from '../../../src/base/hex.ts';
import type { CorpusFile } from '../../../src/corpus/replay/corpus-lines.ts';
import { LinesAhead } from '../../../src/corpus/replay/lines-ahead.ts';
import type { NostrEvent } from '../../../src/nostr/event.ts';
import { kindClass } from '../../../src/nostr/kinds.ts';
import { CorpusLoad } from '../../../src/workload/corpus-load.ts';
import { corpusEvents } from '../../../src/workload/events-to-store.ts';
import { eventually } from '../../support/eventually.ts';
import { decodeFrame } from '../../support/masked-frame.ts';
import { smallCorpusLines, writeLines } from '../../support/small-corpus.ts';
import { tempDir } from '../../support/temp-dir.ts';

const lines = smallCorpusLines(300);
const events = lines.map((line) => JSON.parse(line) as NostrEvent);
/** The first 250 without ephemeral ones. */
const stored = events.slice(0, 250).filter(({ kind }) => kindClass(kind) !== 'ephemeral');
let file: CorpusFile;
beforeEach(async () => {
  file = await writeLines(await tempDir(), lines);
});

type Answer = (
  event: NostrEvent,
  reply: (accepted: boolean, prefix: string, message?: string) => void,
) => void;

/** Stores the first 250 events on two connections; `answer` plays the relay. */
async function storeAll(
  answer: Answer,
  shard = { index: 0, count: 1 },
  present: ReadonlySet<number> = new Set(),
) {
  const ahead = new LinesAhead({
    file,
    from: 0,
    events: lines.length,
    onReady: () => source.onReady(),
    onFailure: (error) => expect.fail(String(error)),
  });
  const source = corpusEvents({ lines: ahead, events: 250, present, shard, nextMask: () => 7 });
  const sent: NostrEvent[] = [];
  const load = new CorpusLoad({
    events: source,
    connections: [1, 2],
    isOpen: () => true,
    onProgress: () => undefined,
    onRetried: () => undefined,
    givesUp: present.size === 0,
    send: (connection, frame) => {
      const [, event] = JSON.parse(decodeFrame(frame).payload.toString()) as [string, NostrEvent];
      sent.push(event);
      const id = Buffer.from(event.id);
      answer(event, (accepted, prefix, message = prefix) => {
        const key = { idHigh: readHex32(id, 0), idLow: readHex32(id, 8) };
        expect(load.onOk(connection, { ...key, accepted, prefix, message })).toBe(true);
      });
    },
  });
  return { sent, result: await load.run() };
}

describe('storing the first events of a corpus', () => {
  it('sends each once, in the order of the file', async () => {
    const { sent, result } = await storeAll((_, reply) => setImmediate(() => reply(true, '')));
    expect(sent).toHaveLength(250);
    // In flight are up to 16, of 16 different authors: nothing comes much too early.
    expect(new Set(sent.map(({ id }) => id))).toEqual(new Set(events.slice(0, 250).map(({ id }) => id)));
    expect(result).toMatchObject({ answered: 250, refused: [], unanswered: [], duplicates: 0 });
  });

  it('sends an event only when those of its author before it have been answered', async () => {
    const underWay = new Set<string>();
    await storeAll((event, reply) => {
      expect(underWay.has(event.pubkey)).toBe(false);
      underWay.add(event.pubkey);
      setTimeout(() => {
        underWay.delete(event.pubkey);
        reply(true, '');
      }, event.created_at % 3);
    });
  });

  it('leaves to every worker the authors that are its own', async () => {
    const shares = [0, 1].map((index) =>
      storeAll((_, reply) => setImmediate(() => reply(true, '')), { index, count: 2 }),
    );
    const [first, second] = (await Promise.all(shares)).map(({ sent }) => sent);
    const authors = new Set(first?.map(({ pubkey }) => pubkey));
    expect(second?.some(({ pubkey }) => authors.has(pubkey))).toBe(false);
    expect((first?.length ?? 0) + (second?.length ?? 0)).toBe(250);
  });

  it('tells what was refused and what the relay had', async () => {
    const { result } = await storeAll((event, reply) => {
      const number = events.findIndex(({ id }) => id === event.id);
      setImmediate(() => reply(number % 50 !== 0, number % 50 === 0 ? 'blocked' : 'duplicate'));
    });
    expect([...result.refused].sort((a, b) => a - b)).toEqual([0, 50, 100, 150, 200]);
    expect(result).toMatchObject({ duplicates: 245, refusals: [{ text: 'blocked', count: 5 }] });
  });

  it('stops after the first 50 where all of them are refused', async () => {
    const { sent, result } = await storeAll((_, reply) =>
      setImmediate(() => reply(false, 'pow', 'pow: 28 bits')),
    );
    expect(sent.length).toBeLessThan(70);
    expect(result).toMatchObject({ isGivenUp: true, refusals: [{ text: 'pow: 28 bits', count: 50 }] });
  });

  it('goes on where the relay has known the events before: it may refuse what was deleted since', async () => {
    const present = new Set([0, 1]);
    const whole = { index: 0, count: 1 };
    const { result } = await storeAll(
      (_, reply) => setImmediate(() => reply(false, 'deleted')),
      whole,
      present,
    );
    expect(result.answered).toBe(stored.length - 2);
  });

  it('sends neither what the relay has nor what it would not keep', async () => {
    const present = new Set([1, 7, 100]);
    const whole = { index: 0, count: 1 };
    const { sent } = await storeAll((_, reply) => setImmediate(() => reply(true, '')), whole, present);
    const wanted = stored.filter((event) => !present.has(events.indexOf(event)));
    expect(new Set(sent.map(({ id }) => id))).toEqual(new Set(wanted.map(({ id }) => id)));
  });

  it('gives up where nothing is answered', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      let isSent = false;
      const stored = storeAll(() => {
        isSent = true;
      });
      let isOver = false;
      stored.then(() => {
        isOver = true;
      }, expect.fail);
      // The file is read in real time, however long that takes.
      await eventually(
        'the end',
        () => {
          if (isSent) vi.advanceTimersByTime(10_000);
          return isOver;
        },
        { everyMs: 5, looks: 4_000 },
      );
      expect((await stored).result.unanswered.length).toBeGreaterThan(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
