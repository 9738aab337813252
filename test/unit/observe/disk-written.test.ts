import { describe, expect, test } from 'vitest';
import { DiskMeter, readDiskWritten } from '../../../src/observe/disk-written.ts';

const io = (written: number): string => `rchar: 9\nwchar: 8\nread_bytes: 7\nwrite_bytes: ${written}\n`;

function proc(files: Readonly<Record<string, string>>): (path: string) => string {
  return (path) => {
    const text = files[path];
    if (text === undefined) throw new Error(`EACCES ${path}`);
    return text;
  };
}

describe('what processes write to disk', () => {
  test('is the sum of all that can be read', () => {
    const files = { '/proc/1/io': io(4_096), '/proc/2/io': io(8_192) };
    expect(readDiskWritten([1, 2, 3], proc(files))).toBe(12_288);
  });

  test('is unknown where none can be read', () => {
    expect(readDiskWritten([1], proc({}))).toBeNull();
    expect(readDiskWritten([1], proc({ '/proc/1/io': 'rchar: 1\n' }))).toBeNull();
    expect(readDiskWritten([], proc({}))).toBeNull();
  });
});

describe('the total of a family', () => {
  /** A meter that is given these sums one after the other, with the members of then. */
  const totals = (...sums: readonly (readonly [pids: readonly number[], bytes: number | null])[]) => {
    const left = sums.map(([, bytes]) => bytes);
    const meter = new DiskMeter(() => left.shift() ?? null);
    return sums.map(([pids]) => meter.total(pids));
  };

  test('grows with what its members write', () => {
    expect(totals([[1], 100], [[1, 2], 150], [[1, 2], 250])).toEqual([100, 150, 250]);
  });

  test('never falls where a member has gone with what it wrote', () => {
    expect(totals([[1, 2], 100], [[1], 40], [[1], 60])).toEqual([100, 100, 120]);
  });

  test('goes on from zero where the relay was started anew', () => {
    expect(totals([[1], 100], [[7], 30])).toEqual([100, 130]);
  });

  test('is unknown for a moment in which nothing can be read, and then goes on', () => {
    expect(totals([[1], 100], [[], null], [[1], 130])).toEqual([100, null, 130]);
  });
});
