import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../src/base/random.ts';
import { NONE } from '../../../../src/wire/pending-table.ts';
import { Askers } from '../../../../src/workload/visibility/askers.ts';

const askers = (
  connections: readonly number[],
  {
    isOpen = () => true,
    placeOf = () => 'one',
  }: Partial<{
    isOpen: (connection: number) => boolean;
    placeOf: (connection: number) => string;
  }> = {},
) => new Askers({ connections, isOpen, placeOf, random: createRandom(1, 'askers') });

const pickMany = (from: Askers, publisher: number): Set<number> =>
  new Set(Array.from({ length: 200 }, () => from.pick(publisher)));

describe('who asks for an event', () => {
  it('is never who has written it', () => {
    expect(pickMany(askers([1, 2, 3]), 2)).toEqual(new Set([1, 3]));
  });

  it('is on another relay process where there is one', () => {
    const placeOf = (connection: number): string => (connection < 3 ? 'a' : 'b');
    expect(pickMany(askers([1, 2, 3, 4], { placeOf }), 1)).toEqual(new Set([3, 4]));
  });

  it('is open', () => {
    expect(pickMany(askers([1, 2, 3], { isOpen: (connection) => connection !== 3 }), 1)).toEqual(
      new Set([2]),
    );
  });

  it('is nobody where nobody else is open', () => {
    expect(askers([1, 2], { isOpen: (connection) => connection === 1 }).pick(1)).toBe(NONE);
    expect(askers([]).pick(1)).toBe(NONE);
  });
});
