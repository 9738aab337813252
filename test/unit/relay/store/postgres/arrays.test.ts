import { describe, expect, it } from 'vitest';
import { columns } from '../../../../../src/relay/store/postgres/arrays.ts';

/** Dimensions, nulls, type, length and first index of an array in the protocol's binary format. */
function header(nulls: number, type: number, length: number): string {
  return [1, nulls, type, length, 1].map(hex32).join('');
}

function hex32(number: number): string {
  return number.toString(16).padStart(8, '0');
}

describe('columns of rows in the binary format', () => {
  it('hold bytes, texts and truth values with their lengths', () => {
    const [bytes, texts, truths] = columns([['\\x00ff', 'ä', true]], ['bytea', 'text', 'bool']);
    expect(bytes?.toString('hex')).toBe(`${header(0, 17, 1)}${hex32(2)}00ff`);
    expect(texts?.toString('hex')).toBe(`${header(0, 25, 1)}${hex32(2)}c3a4`);
    expect(truths?.toString('hex')).toBe(`${header(0, 16, 1)}${hex32(1)}01`);
  });

  it('hold negative numbers and such beyond 32 bits', () => {
    const rows = [
      [-2, -1],
      [7, 2 ** 40 + 5],
      [0, -(2 ** 53)],
    ];
    const [ints, longs] = columns(rows, ['int4', 'int8']);
    expect([24, 32, 40].map((offset) => ints?.readInt32BE(offset))).toEqual([-2, 7, 0]);
    expect([24, 36, 48].map((offset) => Number(longs?.readBigInt64BE(offset)))).toEqual([
      -1,
      2 ** 40 + 5,
      -(2 ** 53),
    ]);
  });

  it('mark what is missing', () => {
    const [longs] = columns([[1], [null], [undefined]], ['int8']);
    expect(longs?.toString('hex')).toBe(`${header(1, 20, 3)}${hex32(8)}0000000000000001ffffffffffffffff`);
  });

  it('are arrays without a dimension where there are no rows', () => {
    const [bytes, longs] = columns([], ['bytea', 'int8']);
    expect(bytes?.toString('hex')).toBe([0, 0, 17].map(hex32).join(''));
    expect(longs?.toString('hex')).toBe([0, 0, 20].map(hex32).join(''));
  });
});
