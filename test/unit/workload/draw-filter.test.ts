import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { drawFilter } from '../../../src/workload/draw-filter.ts';

const pools = {
  authors: ['a', 'b', 'c', 'd'],
  ids: ['1', '2'],
  threads: ['2'],
  topics: ['x', 'y', 'z'],
  words: ['relay', 'note', 'zap'],
};

describe('drawFilter', () => {
  it('replaces numbers by that many different values of the corpus', () => {
    const filter = drawFilter({ filter: { authors: 3, '#t': 2, limit: 5 } }, pools, createRandom(1, 'draw'));
    expect(new Set(filter['authors'] as string[]).size).toBe(3);
    expect(new Set(filter['#t'] as string[]).size).toBe(2);
    expect(filter['limit']).toBe(5);
  });

  it('takes the whole pool where more is asked for', () => {
    expect(drawFilter({ filter: { ids: 9 } }, pools, createRandom(1, 'draw'))).toEqual({
      ids: expect.arrayContaining(['1', '2']),
    });
  });

  it('sends lists as they stand', () => {
    expect(drawFilter({ filter: { kinds: [1, 6], authors: ['q'] } }, pools, createRandom(1, 'draw'))).toEqual(
      {
        kinds: [1, 6],
        authors: ['q'],
      },
    );
  });

  it('is the same for the same seed', () => {
    const draw = (): unknown =>
      drawFilter({ filter: { authors: 2, ids: 1 } }, pools, createRandom(7, 'draw'));
    expect(draw()).toEqual(draw());
  });

  it('draws the words of a search as one text, and sends a text as it stands', () => {
    const { search } = drawFilter({ filter: { search: 2 } }, pools, createRandom(1, 'draw'));
    expect(search?.split(' ').every((word) => pools.words.includes(word))).toBe(true);
    expect(new Set(search?.split(' ')).size).toBe(2);
    expect(drawFilter({ filter: { search: 'best apps' } }, pools, createRandom(1, 'draw'))).toEqual({
      search: 'best apps',
    });
  });
});
