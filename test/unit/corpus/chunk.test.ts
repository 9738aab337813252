import { describe, expect, test } from 'vitest';
import { type Chunk, ChunkBuilder, memoryOf, selectEvents } from '../../../src/corpus/chunk.ts';
import { HexTable } from '../../../src/corpus/hex-table.ts';

const hexOf = (n: number): string => n.toString(16).padStart(64, '0');

function chunkOf(jsons: readonly string[], textBytes = 8): Chunk {
  const builder = new ChunkBuilder(jsons.length, textBytes);
  jsons.forEach((json, n) => {
    const [id, pubkey] = [hexOf(n), hexOf(n + 100)];
    builder.add({ id, pubkey, kind: n, createdAt_s: 1_000 + n, tagCount: 2 * n, contentBytes: 3 * n, json });
  });
  return builder.build();
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('a chunk', () => {
  test('holds a line and a row of each column for every event, whatever was guessed', () => {
    const chunk = chunkOf(['{"a":1}', '"ü€😀"', `"${'x'.repeat(500)}"`]);
    expect(textOf(chunk.text)).toBe(`{"a":1}\n"ü€😀"\n"${'x'.repeat(500)}"\n`);
    expect(textOf(chunk.ids)).toBe(`${hexOf(0)}\n${hexOf(1)}\n${hexOf(2)}\n`);
    expect(textOf(chunk.pubkeys)).toBe(hexOf(100) + hexOf(101) + hexOf(102));
    expect([...chunk.kinds]).toEqual([0, 1, 2]);
    expect([...chunk.createdAt_s]).toEqual([1_000, 1_001, 1_002]);
    expect([...chunk.tagCounts]).toEqual([0, 2, 4]);
    expect([...chunk.contentBytes]).toEqual([0, 3, 6]);
    expect([...chunk.eventBytes]).toEqual([7, 11, 502]);
  });

  test('has memory of its own, so that it can be transferred', () => {
    const memory = memoryOf(chunkOf(['1', '2']));
    expect(new Set(memory).size).toBe(8);
    expect(() => structuredClone(null, { transfer: memory })).not.toThrow();
  });

  test('can be reduced to some of its events', () => {
    const chunk = selectEvents(chunkOf(['"a"', '"bb"', '"ccc"', '"d"']), Uint8Array.of(0, 1, 0, 1));
    expect(chunk.events).toBe(2);
    expect(textOf(chunk.text)).toBe('"bb"\n"d"\n');
    expect(textOf(chunk.ids)).toBe(`${hexOf(1)}\n${hexOf(3)}\n`);
    expect(textOf(chunk.pubkeys)).toBe(hexOf(101) + hexOf(103));
    expect([...chunk.kinds, ...chunk.createdAt_s]).toEqual([1, 3, 1_001, 1_003]);
    expect([...chunk.eventBytes, ...chunk.tagCounts, ...chunk.contentBytes]).toEqual([4, 3, 2, 6, 3, 9]);
  });

  test('stays as it is where all its events are wanted', () => {
    const chunk = chunkOf(['1']);
    expect(selectEvents(chunk, Uint8Array.of(1))).toBe(chunk);
  });
});

describe('a table of hex values', () => {
  test('knows what was added, far beyond its first size', () => {
    const set = new HexTable();
    const values = Array.from({ length: 5_000 }, (_, n) => Buffer.from(`${hexOf(n * 7_919)}`).reverse());
    expect(values.every((value) => set.add(value, 0))).toBe(true);
    expect(values.some((value) => set.add(value, 0))).toBe(false);
    expect(set.size).toBe(5_000);
  });

  test.each([0, 8, 16, 24])('tells values apart that differ in word %i only', (at) => {
    const set = new HexTable();
    const one = Buffer.from('0'.repeat(64));
    const other = Buffer.from(one);
    other[at] = 'f'.charCodeAt(0);
    expect([set.add(one, 0), set.add(other, 0), set.add(one, 0), set.add(other, 0)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('reads at an offset', () => {
    const set = new HexTable();
    set.add(Buffer.from(hexOf(1)), 0);
    expect(set.add(Buffer.from(`xx${hexOf(1)}`), 2)).toBe(false);
  });
});
