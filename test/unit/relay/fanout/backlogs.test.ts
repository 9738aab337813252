import { describe, expect, it } from 'vitest';
import { Backlogs } from '../../../../src/relay/fanout/backlogs.ts';

function setUp(limitBytes: number) {
  const backlogs = new Backlogs(limitBytes);
  const cut: string[] = [];
  const readerOf = (name: string) => {
    const reader = {
      backlogBytes: 0,
      cut: () => {
        cut.push(name);
        reader.backlogBytes = 0;
      },
    };
    const grow = (bytes: number): void => {
      reader.backlogBytes += bytes;
      backlogs.grow(reader, bytes);
    };
    return { reader, grow };
  };
  return { readerOf, cut };
}

describe('what waits for all readers', () => {
  it('costs the slowest its connection where it is too much, and nobody else', () => {
    const { readerOf, cut } = setUp(1_000);
    const [slow, slower, quick] = [readerOf('slow'), readerOf('slower'), readerOf('quick')];
    quick.grow(10);
    slow.grow(300);
    slower.grow(600);
    expect(cut).toEqual([]);
    slow.grow(100);
    expect(cut).toEqual(['slower']);
    expect([slow.reader.backlogBytes, quick.reader.backlogBytes]).toEqual([400, 10]);
  });

  it('counts what was read meanwhile as read', () => {
    const { readerOf, cut } = setUp(1_000);
    const reader = readerOf('reader');
    for (let i = 0; i < 100; i++) {
      reader.grow(500);
      reader.reader.backlogBytes = 0;
    }
    expect(cut).toEqual([]);
  });

  it('holds with very many readers of whom each waits for little', () => {
    const { readerOf, cut } = setUp(1_000);
    const readers = Array.from({ length: 100 }, (_, i) => readerOf(`${i}`));
    for (const { grow } of readers) grow(100);
    const waiting = readers.reduce((bytes, { reader }) => bytes + reader.backlogBytes, 0);
    expect(waiting).toBeLessThanOrEqual(1_100);
    expect(cut.length).toBeGreaterThan(80);
  });
});
