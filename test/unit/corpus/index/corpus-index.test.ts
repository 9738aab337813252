import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCorpus } from '../../../../src/corpus/files/open-corpus.ts';
import { generateCorpus } from '../../../../src/corpus/generate/generate-corpus.ts';
import { CorpusIndex } from '../../../../src/corpus/index/corpus-index.ts';
import { PostingLists } from '../../../../src/corpus/index/posting-lists.ts';
import { DEFAULT_BASE_TIME_S } from '../../../../src/corpus/spec.ts';
import { corpusOf } from '../../../support/corpus-figures.ts';
import { NaiveStore, naiveMatches } from '../../../support/naive-store.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const events = corpusOf('social', 3_000);
const index = new CorpusIndex();
for (const event of events) index.add(event);
const pools = index.pools();
const store = new NaiveStore();
for (const event of events) if (event.kind < 20_000 || event.kind >= 30_000) store.add(event);

const tagged = (name: string, value: string | undefined): number =>
  events.filter(({ tags }) => tags.some((tag) => tag[0] === name && tag[1] === value)).length;

describe('the index of a corpus', () => {
  const some = pools.authors.slice(0, 40);
  test.each([
    ['firehose', { limit: 500 }],
    ['global feed', { kinds: [1], limit: 500 }],
    ['profiles', { kinds: [0], authors: some, limit: 500 }],
    ['author archive', { authors: pools.authors.slice(-3), limit: 500 }],
    ['follow feed', { kinds: [1, 6], authors: some, limit: 500 }],
    ['thread', { kinds: [1, 6, 7, 9_735], '#e': pools.threads.slice(0, 1), limit: 500 }],
    ['notifications', { kinds: [1, 6, 7, 9_735], '#p': some.slice(0, 1), limit: 500 }],
    ['conversation', { kinds: [1], authors: some.slice(0, 5), '#p': some.slice(5, 9), limit: 500 }],
    ['reactions watch', { kinds: [7], '#e': pools.ids.slice(0, 150), limit: 500 }],
    ['hashtag', { kinds: [1], '#t': pools.hashtags.slice(0, 1), limit: 500 }],
    ['by ids', { ids: pools.ids.slice(0, 100), limit: 500 }],
    ['recent window', { kinds: [1], since: DEFAULT_BASE_TIME_S - 5 * 86_400, limit: 500 }],
  ])('knows the right answer to %s', (_, filter) => {
    const answer = index.answer(filter);
    expect(answer.length).toBeGreaterThan(0);
    expect(answer).toEqual(store.query([filter]));
    expect(index.count(filter)).toBe(store.count([filter]));
  });

  test('knows the answer after some of the events', () => {
    const published = events.slice(0, 1_000);
    const filter = { kinds: [7], '#p': pools.authors.slice(0, 1) };
    const expected = published.filter(
      (event) => naiveMatches(filter, event) && index.isStored(event.id, 1_000),
    );
    expect(index.count(filter, 1_000)).toBe(expected.length);
    expect(expected.length).toBeLessThan(index.count(filter));
  });

  test('stores no ephemeral event, no replaced version and nothing that was deleted', () => {
    const byId = new Map(events.map((event) => [event.id, event]));
    const gone = events.filter(({ id }) => !index.isStored(id));
    expect(gone.some(({ kind }) => kind === 24_133)).toBe(true);
    expect(gone.some(({ kind }) => kind === 0)).toBe(true);
    expect(gone.some(({ kind }) => kind === 1)).toBe(true);
    expect(index.isStored('f'.repeat(64))).toBe(false);
    expect(index.answer({}).filter((id) => byId.get(id)?.kind === 24_133)).toEqual([]);
  });

  test('offers values that occur, threads that were answered', () => {
    expect(pools.authors.length).toBeGreaterThan(100);
    expect(pools.hashtags.every((value) => tagged('t', value) > 0)).toBe(true);
    expect(pools.threads.length).toBeGreaterThan(100);
    for (const id of pools.threads.slice(0, 50)) expect(tagged('e', id)).toBeGreaterThan(0);
    expect(pools.ids.every((id) => index.isStored(id))).toBe(true);
  });

  test('takes no key that has only wrapped gifts for somebody who writes little', () => {
    const wrapped = new Set(events.filter(({ kind }) => kind === 1_059).map(({ pubkey }) => pubkey));
    const writers = new Set(events.filter(({ kind }) => kind !== 1_059).map(({ pubkey }) => pubkey));
    expect([...wrapped].filter((key) => !writers.has(key)).length).toBeGreaterThan(0);
    expect(pools.quietAuthors.length).toBeGreaterThan(0);
    expect(pools.quietAuthors.filter((key) => !writers.has(key))).toEqual([]);
  });

  test('offers only so many of each, spread over the corpus', () => {
    const few = index.pools(10);
    expect([few.authors, few.ids, few.threads, few.hashtags].map(({ length }) => length)).toEqual([
      10, 10, 10, 10,
    ]);
    expect(pools.ids.indexOf(few.ids.at(-1) ?? '')).toBeGreaterThan(pools.ids.length / 2);
  });

  test('is built from a corpus on disk, or from its first events', async () => {
    const dir = join(await tempDir(), 'corpus');
    const spec = { profile: 'social', seed: 1, events: 3_000, baseTime_s: DEFAULT_BASE_TIME_S } as const;
    await generateCorpus(spec, { dir, gzip: false, threads: 1, fresh: false });
    const corpus = await openCorpus(dir);
    expect((await CorpusIndex.build(corpus.batches())).answer({ kinds: [1] })).toEqual(
      index.answer({ kinds: [1] }),
    );
    expect((await CorpusIndex.build(corpus.batches(), 250)).size).toBe(250);
  });
});

describe('posting lists', () => {
  test('hold the events of each key, the last one first, each once', () => {
    const lists = new PostingLists();
    for (let event = 0; event < 5_000; event++) {
      lists.add(event % 3_000, event);
      lists.add(event % 3_000, event);
    }
    const seen: number[] = [];
    lists.each(1_500, (event) => seen.push(event));
    expect(seen).toEqual([4_500, 1_500]);
    expect([
      lists.lengthOf(1_500),
      lists.lengthOf(2_500),
      lists.lengthOf(99_999),
      lists.lengthOf(-1),
    ]).toEqual([2, 1, 0, 0]);
  });
});
