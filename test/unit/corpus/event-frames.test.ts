import { type Event, verifyEvent } from 'nostr-tools/pure';
import { describe, expect, test, vi } from 'vitest';
import { createEventFrameWriter, type EventFrameWriter } from '../../../src/corpus/event-frames.ts';
import { markerTag, topicTag } from '../../../src/corpus/marker.ts';
import { workProblem } from '../../../src/nostr/nip13.ts';
import { decodeFrame } from '../../support/masked-frame.ts';

// Curve arithmetic takes longer than the default limit on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const RUN = '0badcafe';
const SPEC = { seed: 5, authors: 10, kind: 1, contentBytes: 120, topics: 4, runTag: RUN };
const NOW = 1_700_000_000;

function writeEvent(writer: EventFrameWriter, n: number, offsetNs = n * 1_000): Event {
  const target = Buffer.alloc(writer.maxFrameBytes + 10);
  const bytes = writer.write(target, 3, n, NOW, offsetNs);
  const frame = decodeFrame(target, 3);
  expect(frame.bytes).toBe(bytes);
  const [verb, event] = JSON.parse(frame.payload.toString()) as [string, Event];
  expect(verb).toBe('EVENT');
  return event;
}

describe('the event frame writer', () => {
  test('writes events that nostr-tools verifies', () => {
    const writer = createEventFrameWriter(SPEC);
    for (let n = 0; n < 100; n++) expect(verifyEvent(writeEvent(writer, n))).toBe(true);
  });

  test('writes the topic, the number and the scheduled time into the tags', () => {
    const event = writeEvent(createEventFrameWriter(SPEC), 4_000_000_007, 12_345.6);
    expect(event.tags).toEqual([
      ['t', topicTag(RUN, 3)],
      ['rb', markerTag(RUN, 4_000_000_007, 12_346)],
    ]);
    expect(event.created_at).toBe(NOW);
  });

  test.each([0, 1, 2, 3, 29, 30, 31, 280, 5_000, 60_000, 65_200])(
    'writes contents of %i bytes',
    (contentBytes) => {
      const writer = createEventFrameWriter({ ...SPEC, contentBytes });
      const event = writeEvent(writer, 1);
      expect(event.content).toHaveLength(contentBytes);
      expect(event.content).toMatch(/^[a-z .]*$/);
      expect(verifyEvent(event)).toBe(true);
    },
  );

  test.each([1, 8, 11])('mines an id of %i leading zero bits and commits to them', (work) => {
    const writer = createEventFrameWriter({ ...SPEC, work });
    for (let n = 0; n < 8; n++) {
      const event = writeEvent(writer, n);
      expect(verifyEvent(event)).toBe(true);
      expect(workProblem(event, work)).toBeNull();
      expect(event.tags.at(-1)).toEqual(['nonce', expect.stringMatching(/^\d{10}$/), String(work)]);
      expect(event.tags[1]).toEqual(['rb', markerTag(RUN, n, n * 1_000)]);
      expect(writer.idHex()).toBe(event.id);
    }
  });

  test.each([0, 7, 10_002, 65_535])('writes kind %i', (kind) => {
    const event = writeEvent(createEventFrameWriter({ ...SPEC, kind }), 1);
    expect(event.kind).toBe(kind);
    expect(verifyEvent(event)).toBe(true);
  });

  test('tells the id of the last event', () => {
    const writer = createEventFrameWriter(SPEC);
    for (let n = 0; n < 20; n++) {
      const { id } = writeEvent(writer, n);
      expect(writer.idHex()).toBe(id);
      expect(writer.idHigh).toBe(Number.parseInt(id.slice(0, 8), 16));
      expect(writer.idLow).toBe(Number.parseInt(id.slice(8, 16), 16));
    }
  });

  test('spreads events over all authors and varies the content', () => {
    const writer = createEventFrameWriter(SPEC);
    const events = Array.from({ length: 400 }, (_, n) => writeEvent(writer, n));
    const authors = new Set(events.map((event) => event.pubkey));
    expect([...authors].sort()).toEqual([...writer.publicKeys].sort());
    expect(new Set(events.map((event) => event.content)).size).toBe(16);
  });

  test('writes the same event for the same number, whatever was written before', () => {
    const first = createEventFrameWriter(SPEC);
    for (let n = 0; n < 50; n++) writeEvent(first, n);
    expect(writeEvent(first, 7)).toEqual(writeEvent(createEventFrameWriter(SPEC), 7));
  });

  test('uses a fresh masking key for each frame', () => {
    const writer = createEventFrameWriter(SPEC);
    const target = Buffer.alloc(writer.maxFrameBytes);
    const masks = Array.from({ length: 50 }, () => {
      writer.write(target, 0, 1, NOW, 0);
      return target.readUInt32BE(4);
    });
    expect(new Set(masks).size).toBe(50);
  });

  test('refuses a target that is too small', () => {
    const writer = createEventFrameWriter(SPEC);
    expect(() => writer.write(Buffer.alloc(100), 0, 1, NOW, 0)).toThrow(RangeError);
  });

  test('refuses a malformed run tag', () => {
    expect(() => createEventFrameWriter({ ...SPEC, runTag: 'XYZ' })).toThrow(RangeError);
  });
});
