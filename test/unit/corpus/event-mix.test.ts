import { type Event, verifyEvent } from 'nostr-tools/pure';
import { describe, expect, test, vi } from 'vitest';
import { createEventFrameWriter, type EventFrames } from '../../../src/corpus/event-frames.ts';
import { EventMix } from '../../../src/corpus/event-mix.ts';
import { NonceTable } from '../../../src/corpus/nonce-table.ts';
import { decodeFrame } from '../../support/masked-frame.ts';

vi.setConfig({ testTimeout: 60_000 });

const SPEC = { seed: 5, authors: 10, kind: 1, contentBytes: 20, topics: 4, runTag: 'c0ffee00' };

function eventOf(frames: EventFrames, n: number): Event {
  const target = Buffer.alloc(frames.maxFrameBytes);
  frames.write(target, 0, n, 1_700_000_000, n);
  const [, event] = JSON.parse(decodeFrame(target, 0).payload.toString()) as [string, Event];
  return event;
}

function mix(): EventMix {
  const nonces = new NonceTable(SPEC.seed);
  const note = createEventFrameWriter(SPEC, nonces);
  const article = createEventFrameWriter({ ...SPEC, kind: 30_023, contentBytes: 5_000 }, nonces);
  return new EventMix(
    [
      { frames: note, weight: 3 },
      { frames: article, weight: 1 },
    ],
    77,
  );
}

describe('a mix of events', () => {
  test('holds each sort as often as its weight says', () => {
    const frames = mix();
    const articles = Array.from({ length: 8_000 }, (_, n) => frames.sortOf(n)).filter((sort) => sort === 1);
    // 2,000 with a standard deviation of 39.
    expect(Math.abs(articles.length - 2_000)).toBeLessThan(4 * 39);
  });

  test('writes events of the sort that it names, each of its own size, all valid', () => {
    const frames = mix();
    for (let n = 0; n < 40; n++) {
      const event = eventOf(frames, n);
      expect([event.kind, event.content.length]).toEqual(frames.sortOf(n) === 0 ? [1, 20] : [30_023, 5_000]);
      expect(frames.hasVersions).toBe(event.kind === 30_023);
      expect(event.id.startsWith(frames.idHigh.toString(16).padStart(8, '0'))).toBe(true);
      expect(verifyEvent(event)).toBe(true);
    }
  });

  test('gives the same event for the same number, whatever came before', () => {
    const frames = mix();
    const event = eventOf(frames, 9);
    eventOf(frames, 10);
    expect(eventOf(frames, 9)).toEqual(event);
  });

  test('gives addressable events one address for each author', () => {
    const frames = createEventFrameWriter({ ...SPEC, kind: 30_023 });
    expect(eventOf(frames, 1).tags.filter(([name]) => name === 'd')).toEqual([['d', 'relay-bench']]);
  });
});

describe('fresh keys', () => {
  const fresh = (runTag = SPEC.runTag) => createEventFrameWriter({ ...SPEC, authors: 'fresh', runTag });

  test('sign one event each, validly', () => {
    const frames = fresh();
    const events = Array.from({ length: 60 }, (_, n) => eventOf(frames, n));
    expect(new Set(events.map(({ pubkey }) => pubkey)).size).toBe(60);
    for (const event of events) expect(verifyEvent(event)).toBe(true);
  });

  test('are others in each run, and in each worker of a run', () => {
    const keys = (frames: EventFrames, first: number, step: number): string[] =>
      Array.from({ length: 20 }, (_, i) => eventOf(frames, first + step * i).pubkey);
    const all = [...keys(fresh(), 0, 2), ...keys(fresh(), 1, 2), ...keys(fresh('0badcafe'), 0, 2)];
    expect(new Set(all).size).toBe(60);
  });
});
