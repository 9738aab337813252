import { expect, test } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { messageOfMaskedFrame } from '../../../src/base/websocket-frame.ts';
import { RequestFrames } from '../../../src/workload/request-frames.ts';

/** Of every length of the header: 6, 8 and 14 bytes. */
const FILTERS = [
  { limit: 5 },
  { authors: Array.from({ length: 20 }, () => 'ab'.repeat(32)) },
  { authors: Array.from({ length: 1_200 }, () => 'cd'.repeat(32)) },
];
const frames = new RequestFrames('k', FILTERS, createRandom(1, 'frames').uint32);
const messageOf = (frame: Buffer): unknown => JSON.parse(messageOfMaskedFrame(frame));

test.each([0, 1, 2])('request %i asks with its filter under the number that is put in', (filter) => {
  for (const sequence of [0, 42, 0xdeadbeef]) {
    const id = `k${sequence.toString(16).padStart(8, '0')}`;
    expect(messageOf(frames.request(filter, sequence))).toEqual(['REQ', id, FILTERS[filter]]);
  }
});

test('a request is written where it is wanted, and nothing else is touched', () => {
  const target = Buffer.alloc(2_000, 0xaa);
  const length = frames.write(target, 3, 1, 7);
  expect(messageOf(target.subarray(3, 3 + length))).toEqual(['REQ', 'k00000007', FILTERS[1]]);
  expect([target[2], target[3 + length]]).toEqual([0xaa, 0xaa]);
});

test('the largest is known beforehand', () => {
  expect(frames.maxBytes).toBe(frames.request(2, 1).length);
});

test('a subscription is ended by its number', () => {
  expect(messageOf(frames.close(255))).toEqual(['CLOSE', 'k000000ff']);
});
