import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { NO_TOPIC } from '../../../../src/corpus/event-frames.ts';
import { EventSource } from '../../../../src/corpus/generate/event-source.ts';
import type { CorpusFile } from '../../../../src/corpus/replay/corpus-lines.ts';
import { createdAtOf, kindOf, pubkeyOf } from '../../../../src/corpus/replay/event-line.ts';
import { LinesAhead } from '../../../../src/corpus/replay/lines-ahead.ts';
import { recordedTimesNs } from '../../../../src/corpus/replay/recorded-times.ts';
import { ReplayFrames, type ReplayFramesOptions } from '../../../../src/corpus/replay/replay-frames.ts';
import { ReplayOrder } from '../../../../src/corpus/replay/replay-order.ts';
import { DEFAULT_BASE_TIME_S } from '../../../../src/corpus/spec.ts';
import type { NostrEvent } from '../../../../src/nostr/event.ts';
import { eventuallyPasses } from '../../../support/eventually.ts';
import { decodeFrame } from '../../../support/masked-frame.ts';
import { changed, smallCorpusLines, writeLines } from '../../../support/small-corpus.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const EVENTS = 400;
const lines = smallCorpusLines(EVENTS);
let file: CorpusFile;
beforeEach(async () => {
  file = await writeLines(await tempDir(), lines);
});

function framesOf(changes: Partial<ReplayFramesOptions> & { first?: number; copies?: number } = {}) {
  const { first = 0, copies = 1, ...options } = changes;
  const end = options.endless ? Number.POSITIVE_INFINITY : EVENTS;
  const onFailure = vi.fn();
  const ahead = new LinesAhead({ file, from: first, events: EVENTS, onReady: () => undefined, onFailure });
  const frames = new ReplayFrames({
    order: new ReplayOrder({ first, end, copies }),
    lines: ahead,
    events: EVENTS,
    endless: null,
    maxEventBytes: Math.max(...lines.map((line) => Buffer.byteLength(line))),
    seed: 1,
    topicOf: () => NO_TOPIC,
    fresh: null,
    ...options,
  });
  return { frames, ahead, onFailure };
}

/** The event of arrival n, read back from its frame as a relay does. */
async function eventOf(frames: ReplayFrames, n: number, createdAt_s = 0): Promise<string> {
  await eventuallyPasses(() => expect(frames.isReady(n)).toBe(true));
  const target = Buffer.alloc(frames.maxFrameBytes + 7);
  const bytes = frames.write(target, 7, n, createdAt_s);
  const frame = decodeFrame(target, 7);
  expect(frame).toMatchObject({ fin: true, opcode: 1, masked: true, bytes });
  const text = frame.payload.toString();
  expect(text.startsWith('["EVENT",') && text.endsWith(']')).toBe(true);
  return text.slice('["EVENT",'.length, -1);
}

describe('replayed frames', () => {
  test('hold every event of the file, byte by byte, in its order', async () => {
    const { frames, ahead } = framesOf();
    for (let n = 0; n < EVENTS; n++) expect(await eventOf(frames, n)).toBe(lines[n]);
    ahead.close();
  });

  test('begin behind what is stored, whatever share a worker has', async () => {
    const { frames, ahead } = framesOf({ first: 100 });
    for (let n = 1; n < EVENTS - 100; n += 3) expect(await eventOf(frames, n)).toBe(lines[100 + n]);
    ahead.close();
  });

  test('tell the first 64 bits of the id', async () => {
    const { frames, ahead } = framesOf();
    const { id } = JSON.parse(await eventOf(frames, 3)) as NostrEvent;
    const hex = (value: number): string => value.toString(16).padStart(8, '0');
    expect(hex(frames.idHigh) + hex(frames.idLow)).toBe(id.slice(0, 16));
    ahead.close();
  });

  test('have the topic of their event, copies of it none', async () => {
    const { frames, ahead } = framesOf({ copies: 2, topicOf: kindOf });
    const { kind } = JSON.parse(await eventOf(frames, 5)) as NostrEvent;
    expect(frames.topic).toBe(kind);
    expect(await eventOf(frames, 105)).toBe(lines[5]);
    expect(frames.topic).toBe(NO_TOPIC);
    ahead.close();
  });

  test('go on beyond the file with what the generator makes next', async () => {
    const spec = { profile: 'social', seed: 1, events: EVENTS, baseTime_s: DEFAULT_BASE_TIME_S } as const;
    const { frames, ahead } = framesOf({ endless: spec, maxEventBytes: 65_536 });
    expect(await eventOf(frames, EVENTS + 7)).toBe(new EventSource(spec).event(EVENTS + 7).json);
    ahead.close();
  });

  test('are read from compressed files as well', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, 'events.jsonl.gz'), gzipSync(lines.join('\n')));
    const ahead = new LinesAhead({
      file: { dir, name: 'events.jsonl.gz' },
      from: 0,
      events: EVENTS,
      onReady: () => undefined,
      onFailure: () => undefined,
    });
    await eventuallyPasses(() => expect(ahead.has(EVENTS - 1)).toBe(true));
    expect(ahead.at(EVENTS - 1).toString()).toBe(lines.at(-1));
    ahead.close();
  });
});

describe('lines read ahead', () => {
  test('are bounded: what is far ahead is not read before what lies behind is let go', async () => {
    const dir = await tempDir();
    const many = await writeLines(
      dir,
      Array.from({ length: 8_000 }, (_, n) => lines[n % EVENTS] as string),
    );
    const onReady = vi.fn();
    const ahead = new LinesAhead({ file: many, from: 0, events: 8_000, onReady, onFailure: () => undefined });
    await eventuallyPasses(() => expect(ahead.has(1_000)).toBe(true));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(ahead.has(7_999)).toBe(false);
    ahead.release(6_500);
    await eventuallyPasses(() => expect(ahead.has(7_999)).toBe(true));
    expect(onReady).toHaveBeenCalled();
    expect(ahead.has(1_000)).toBe(false);
    ahead.close();
  });

  test('tell of a line that this program has not written', async () => {
    const dir = await tempDir();
    const damaged = await writeLines(dir, [lines[0] as string, '{"kind":1}']);
    const onFailure = vi.fn();
    const ahead = new LinesAhead({ file: damaged, from: 0, events: 2, onReady: () => undefined, onFailure });
    await eventuallyPasses(() =>
      expect(onFailure).toHaveBeenCalledWith(expect.objectContaining({ code: 'CORPUS_DAMAGED' })),
    );
    expect(ahead.has(1)).toBe(false);
  });

  test('tell of a file that ends before its last event', async () => {
    const short = await writeLines(await tempDir(), lines.slice(0, 3));
    const onFailure = vi.fn();
    new LinesAhead({ file: short, from: 0, events: 5, onReady: () => undefined, onFailure });
    await eventuallyPasses(() =>
      expect(onFailure).toHaveBeenCalledWith(
        expect.objectContaining({ message: expect.stringContaining('ends after 3 of 5 events') }),
      ),
    );
  });

  test('tell of a file that is not there', async () => {
    const onFailure = vi.fn();
    new LinesAhead({
      file: { dir: '/nowhere', name: 'events.jsonl' },
      from: 0,
      events: 2,
      onReady: () => undefined,
      onFailure,
    });
    await eventuallyPasses(() =>
      expect(onFailure).toHaveBeenCalledWith(expect.objectContaining({ code: 'CORPUS_INPUT_UNREADABLE' })),
    );
  });
});

test('fields are read from a line without parsing it', () => {
  for (const line of [...lines, changed(lines[0] as string, { created_at: -5 })]) {
    const event = JSON.parse(line) as NostrEvent;
    const bytes = Buffer.from(line);
    expect([createdAtOf(bytes), kindOf(bytes), pubkeyOf(bytes)]).toEqual([
      event.created_at,
      event.kind,
      event.pubkey,
    ]);
  }
});

describe('the recorded pace', () => {
  const at = (times: readonly number[]): string[] =>
    times.map((created_at) => changed(lines[0] as string, { created_at }));

  test('keeps the distances of created_at, divided by the factor', async () => {
    const recorded = await writeLines(await tempDir(), at([100, 100, 130, 160]));
    const times = await recordedTimesNs(recorded, { first: 0, factor: 10, untilNs: 1e12 });
    expect([...times]).toEqual([0, 0, 3e9, 6e9]);
  });

  test('keeps the order of the file where an event claims to be older than the one before it', async () => {
    const recorded = await writeLines(await tempDir(), at([100, 110, 50, 120]));
    const times = await recordedTimesNs(recorded, { first: 0, factor: 1, untilNs: 1e12 });
    expect([...times]).toEqual([0, 10e9, 10e9, 20e9]);
  });

  test('begins with the first event that is published and ends with the run', async () => {
    const recorded = await writeLines(await tempDir(), at([0, 100, 110, 120, 130]));
    const times = await recordedTimesNs(recorded, { first: 1, factor: 1, untilNs: 20e9 });
    expect([...times]).toEqual([0, 10e9]);
  });
});
