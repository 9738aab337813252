import { describe, expect, test } from 'vitest';
import { ClientKeys } from '../../../../src/corpus/client-signer.ts';
import { TraceMapping } from '../../../../src/workload/recorded/trace-mapping.ts';

const EMPTY = { authors: [], ids: [], threads: [], topics: [], words: [] };
const POOLS = {
  authors: ['author-0', 'author-1', 'author-2'],
  ids: ['id-0', 'id-1', 'id-2', 'id-3'],
  threads: ['thread-0', 'thread-1'],
  topics: ['topic-0', 'topic-1'],
  words: ['apple', 'pear', 'plum'],
};
const NOW_S = 1_000_000;

function mapping(pools: typeof POOLS | typeof EMPTY = POOLS): TraceMapping {
  return new TraceMapping({
    seed: 7,
    publishers: new Map([
      ['alice', 0],
      ['bob', 1],
    ]),
    pools,
  });
}

describe('the mapping of a trace', () => {
  test('who publishes has a throwaway key of its own', () => {
    const keys = new ClientKeys(7);
    expect(mapping().keyOf('alice')).toBe(keys.publicKeyOf(0));
    expect(mapping().filter({ authors: ['alice', 'bob'] }, NOW_S)).toEqual({
      authors: [keys.publicKeyOf(0), keys.publicKeyOf(1)],
    });
  });

  test('who is only asked for is an author of the corpus, as many different ones as there were', () => {
    const { authors = [] } = mapping().filter({ authors: ['x', 'y', 'z'] }, NOW_S);
    expect([...authors].sort()).toEqual(POOLS.authors);
    expect(mapping().filter({ authors: ['v', 'w', 'x', 'y', 'z'] }, NOW_S).authors).toHaveLength(3);
  });

  test('the same value is the same everywhere', () => {
    expect(mapping().filter({ ids: ['a'] }, NOW_S)).toEqual(mapping().filter({ ids: ['a'] }, NOW_S));
    expect(mapping().keyOf('x')).toBe(mapping().filter({ tags: { p: ['x'] } }, NOW_S)['#p']?.[0]);
  });

  test('times are those of the moment, and kinds and limits stay', () => {
    expect(mapping().filter({ kinds: [1, 6], since: -60, until: 0, limit: 20 }, NOW_S)).toEqual({
      ...{ kinds: [1, 6], since: NOW_S - 60, until: NOW_S, limit: 20 },
    });
  });

  test('tags of filters are values of the corpus', () => {
    const filter = mapping().filter({ tags: { e: ['1'], t: ['2'], a: ['30023:alice:d'], x: ['3'] } }, NOW_S);
    expect(POOLS.threads).toContain(filter['#e']?.[0]);
    expect(POOLS.topics).toContain(filter['#t']?.[0]);
    expect(filter['#a']).toEqual([`30023:${new ClientKeys(7).publicKeyOf(0)}:d`]);
    expect(filter['#x']).toEqual(['3']);
  });

  test('a search is as many words of the corpus', () => {
    const words = mapping().filter({ search: 2 }, NOW_S).search?.split(' ') ?? [];
    expect(new Set(words).size).toBe(2);
    for (const word of words) expect(POOLS.words).toContain(word);
    expect(mapping().filter({ search: 'kept words' }, NOW_S).search).toBe('kept words');
  });

  test('tags of events refer to the corpus and to throwaway keys', () => {
    const [p, e, t, bare] = mapping().tags([['p', 'alice', 'hint'], ['e', 'x'], ['t', 'hash'], ['-']]);
    expect(p).toEqual(['p', new ClientKeys(7).publicKeyOf(0), 'hint']);
    expect(POOLS.ids).toContain(e?.[1]);
    expect([t, bare]).toEqual([['t', 'hash'], ['-']]);
  });

  test('without a corpus there are valid ids and keys that nobody has', () => {
    const { ids = [], authors = [] } = mapping(EMPTY).filter({ ids: ['a'], authors: ['x'] }, NOW_S);
    for (const value of [...ids, ...authors]) expect(value).toMatch(/^[0-9a-f]{64}$/);
    expect(mapping(EMPTY).filter({ search: 2 }, NOW_S).search).toBe('word0 word1');
  });
});
