import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ChunkBuilder } from '../../../../src/corpus/chunk.ts';
import { Tally } from '../../../../src/corpus/files/tally.ts';
import { ValueCounts } from '../../../../src/corpus/files/value-counts.ts';

const hexOf = (n: number): string => n.toString(16).padEnd(64, '0');

function tallyOf(events: readonly { author: number; kind: number; createdAt_s: number }[]): Tally {
  const tally = new Tally();
  events.forEach(({ author, kind, createdAt_s }, n) => {
    const builder = new ChunkBuilder(1, 10);
    const [id, pubkey] = [hexOf(n), hexOf(author)];
    builder.add({ id, pubkey, kind, createdAt_s, tagCount: 1, contentBytes: 2, json: '"abc"' });
    tally.add(builder.build());
  });
  return tally;
}

describe('a counts', () => {
  test('has exact quantiles by nearest rank', () => {
    const counts = new ValueCounts();
    for (let value = 1; value <= 100; value++) counts.add(value);
    expect(counts.summary()).toEqual({ mean: 50.5, p50: 50, p90: 90, p99: 99, max: 100 });
  });

  test('of nothing is zero', () => {
    expect(new ValueCounts().summary()).toEqual({ mean: 0, p50: 0, p90: 0, p99: 0, max: 0 });
  });
});

describe('a tally', () => {
  const tally = tallyOf([
    { author: 1, kind: 7, createdAt_s: 20 },
    { author: 2, kind: 1, createdAt_s: 30 },
    { author: 1, kind: 7, createdAt_s: 30 },
  ]);
  const figures = tally.figures();

  test('counts events, authors and kinds, the lowest kind first', () => {
    expect(figures).toMatchObject({ events: 3, authors: 2 });
    expect(Object.entries(figures.kinds)).toEqual([
      ['1', 1],
      ['7', 2],
    ]);
  });

  test('knows the range of time and that it is in order', () => {
    expect(figures.createdAt).toEqual({ oldest_s: 20, newest_s: 30, isAscending: true });
  });

  test('sees an event that is older than the one before it', () => {
    const unordered = tallyOf([
      { author: 1, kind: 1, createdAt_s: 2 },
      { author: 1, kind: 1, createdAt_s: 1 },
    ]);
    expect(unordered.figures().createdAt).toEqual({ oldest_s: 1, newest_s: 2, isAscending: false });
  });

  test('has the SHA-256 of the ids, each with a line feed, as its fingerprint', () => {
    const lines = `${hexOf(0)}\n${hexOf(1)}\n${hexOf(2)}\n`;
    expect(figures.fingerprint).toBe(createHash('sha256').update(lines).digest('hex'));
  });

  test('of nothing has zeros', () => {
    expect(new Tally().figures()).toMatchObject({
      events: 0,
      authors: 0,
      createdAt: { oldest_s: 0, newest_s: 0 },
    });
  });
});
