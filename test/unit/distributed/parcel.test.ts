import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Packer, Unpacker } from '../../../src/distributed/parcel.ts';

/** Does not get smaller. */
const LARGE = randomBytes(500_000).toString('base64');

test('a message comes out as it went in, whatever its length', () => {
  const packer = new Packer(3);
  const unpacker = new Unpacker(3);
  for (const text of ['', 'ä', LARGE]) {
    const outcomes = packer.pack(text).map((entry) => unpacker.accept(entry));
    expect(outcomes.at(-1)).toBe(text);
    expect(outcomes.slice(0, -1).every((outcome) => outcome === null)).toBe(true);
  }
});

test('a large message is cut at 256 KiB', () => {
  const entries = new Packer(0).pack(LARGE);
  expect(entries.length).toBeGreaterThan(1);
  expect(Math.max(...entries.map(({ length }) => length))).toBeLessThan(256 * 1024 + 512);
});

test('what was sent again after a lost connection is taken once', () => {
  const packer = new Packer(0);
  const unpacker = new Unpacker(0);
  const entries = [...packer.pack('first'), ...packer.pack(LARGE), ...packer.pack('last')];
  const again = entries.flatMap((_, at) => entries.slice(0, at + 1));
  const texts = again.map((entry) => unpacker.accept(entry)).filter((text) => text !== null);
  expect(texts).toEqual(['first', LARGE, 'last']);
});

test('entries of others are none of its business', () => {
  expect(new Unpacker(1).accept(new Packer(2).pack('x')[0] as Buffer)).toBeNull();
});

test.each([
  ['a whole message', (entries: Buffer[]) => entries.slice(1)],
  ['a part of one', (entries: Buffer[]) => entries.toSpliced(2, 1)],
])('%s that is missing is noticed', (_what, drop) => {
  const packer = new Packer(0);
  const unpacker = new Unpacker(0);
  const entries = [...packer.pack('first'), ...packer.pack(LARGE), ...packer.pack('last')];
  expect(() => drop(entries).map((entry) => unpacker.accept(entry))).toThrow(
    expect.objectContaining({ code: 'MESSAGE_LOST', exitCode: 103 }),
  );
});

test.each([
  [
    'a byte of it',
    (entry: Buffer) => entry.fill(entry.at(-3) === 1 ? 2 : 1, entry.length - 3, entry.length - 2),
  ],
  ['its head', (entry: Buffer) => Buffer.concat([Buffer.from('{}\n'), entry])],
  ['all of it', () => Buffer.from('nothing')],
])('a message of which %s is changed is noticed', (_what, change) => {
  const [entry = Buffer.alloc(0)] = new Packer(0).pack(
    'a message of some length, so that there is something',
  );
  expect(() => new Unpacker(0).accept(change(entry))).toThrow(
    expect.objectContaining({ code: 'MESSAGE_DAMAGED', exitCode: 103 }),
  );
});
