import { describe, expect, it } from 'vitest';
import { createEventFrameWriter } from '../../../../src/corpus/event-frames.ts';
import { NOTHING_ADVERTISED } from '../../../../src/judge/advertised.ts';
import type { SortPlan } from '../../../../src/workload/publish/plan.ts';
import { contentBytesOf, sizeRemark } from '../../../../src/workload/publish/sizes.ts';
import { decodeFrame } from '../../../support/masked-frame.ts';

const advertised = (maxMessageBytes: number | null, maxContent: number | null = null) => ({
  ...{ ...NOTHING_ADVERTISED, maxMessageBytes, maxContent },
});
const LIMIT = { kind: 1, contentBytes: 'limit' } as const;

/** Bytes of the message of such an event. */
function messageBytes(kind: number, contentBytes: number): number {
  const spec = { seed: 1, authors: 1, kind, contentBytes, topics: 1, runTag: '0badcafe' };
  const writer = createEventFrameWriter(spec);
  const target = Buffer.alloc(writer.maxFrameBytes);
  writer.write(target, 0, 1, 1_700_000_000, 0);
  return decodeFrame(target, 0).payload.length;
}

describe('the size of events up to the limit of a relay', () => {
  it.each([1, 30_023])('fills the longest message to the byte, of kind %i', (kind) => {
    const contentBytes = contentBytesOf({ ...LIMIT, kind }, advertised(20_000), 0);
    expect(messageBytes(kind, contentBytes)).toBe(20_000);
  });

  it('keeps to the longest content where that is less', () => {
    expect(contentBytesOf(LIMIT, advertised(20_000, 8_196), 0)).toBe(8_196);
  });

  it('is a message of 64 KiB where the relay names no limit', () => {
    const contentBytes = contentBytesOf(LIMIT, NOTHING_ADVERTISED, 0);
    expect(messageBytes(1, contentBytes)).toBe(65_536);
  });

  it('is bounded whatever the relay says, and never negative', () => {
    expect(contentBytesOf(LIMIT, advertised(1e12), 0)).toBe(1_000_000);
    expect(contentBytesOf(LIMIT, advertised(10), 0)).toBe(0);
  });
});

describe('what is said of the size of events', () => {
  const sort: SortPlan = {
    name: 'big',
    weight: 1,
    kind: 1,
    contentBytes: 'limit',
    authors: 1,
    connections: { first: 0, count: 1 },
  };

  it('is how long the longest are, and whether the relay names a limit', () => {
    expect(sizeRemark(sort, advertised(20_000), 0)).toContain('as long as');
    expect(sizeRemark(sort, NOTHING_ADVERTISED, 0)).toContain('64 KiB');
  });

  it('is nothing where the scenario says it all', () => {
    expect(sizeRemark({ ...sort, contentBytes: 10_000 }, advertised(20_000), 0)).toBeNull();
  });
});
