import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CorpusIndex } from '../../../../src/corpus/index/corpus-index.ts';
import type { NostrEvent } from '../../../../src/nostr/event.ts';
import {
  boundsOf,
  boundsOfNotes,
  countInCorpus,
  type SignedNotes,
} from '../../../../src/workload/count/count-bounds.ts';
import { UNKNOWN_COUNT } from '../../../../src/workload/count/judge-count.ts';
import { smallCorpusLines } from '../../../support/small-corpus.ts';

const events = smallCorpusLines(300).map((line) => JSON.parse(line) as NostrEvent);
const index = new CorpusIndex();
beforeAll(() => {
  for (const event of events) index.add(event);
});

const ALL_TAKEN = { failed: 0, hadSome: false, isComplete: true };
const NOTES = { kinds: [1] };

describe('how many events of a corpus match', () => {
  it('is at least what a right relay answers, of what nothing ends later', () => {
    const count = countInCorpus(index, NOTES, events.length);
    expect(count.lasting).toBeGreaterThan(0);
    expect(count.lasting).toBe(index.count(NOTES));
    expect(boundsOf(count, ALL_TAKEN)).toEqual({ least: count.lasting, most: Number.POSITIVE_INFINITY });
  });

  it('has a most where only events of the corpus can match', () => {
    const ids = events.slice(0, 20).map(({ id }) => id);
    const { least, most } = boundsOf(countInCorpus(index, { ids }, events.length), ALL_TAKEN);
    expect(most).toBe(20);
    expect(least).toBeLessThanOrEqual(most);
    const referred = events.find(({ tags }) => tags.some(([name]) => name === 'e'));
    const parent = referred?.tags.find(([name]) => name === 'e')?.[1] ?? '';
    expect(boundsOf(countInCorpus(index, { '#e': [parent] }, events.length), ALL_TAKEN).most).toBeLessThan(
      300,
    );
  });

  it.each(['authors', '#p'])(
    'has no most by %s alone: another corpus of the same seed has the same authors',
    (key) => {
      const filter = { [key]: [...new Set(events.map(({ pubkey }) => pubkey))] };
      const { most } = boundsOf(countInCorpus(index, filter, events.length), ALL_TAKEN);
      expect(most).toBe(Number.POSITIVE_INFINITY);
    },
  );

  it('counts what is published later in the most only', () => {
    const filter = { ids: events.map(({ id }) => id) };
    const none = boundsOf(countInCorpus(index, filter, 0), ALL_TAKEN);
    expect(none).toEqual({ least: 0, most: events.length });
  });

  it('allows for every event that was not taken', () => {
    const count = countInCorpus(index, NOTES, events.length);
    expect(boundsOf(count, { ...ALL_TAKEN, failed: 3 }).least).toBe(count.lasting - 3);
    expect(boundsOf(count, { ...ALL_TAKEN, failed: 1_000 }).least).toBe(0);
  });

  it('knows no most, and nothing of replaceable events, of a relay that had some before', () => {
    const filter = { authors: [...new Set(events.map(({ pubkey }) => pubkey))] };
    const count = countInCorpus(index, filter, events.length);
    expect(count.lastingRegular).toBeLessThan(count.lasting);
    expect(boundsOf(count, { ...ALL_TAKEN, hadSome: true })).toEqual({
      least: count.lastingRegular,
      most: Number.POSITIVE_INFINITY,
    });
  });

  it('has no least where the relay was sent only a part', () => {
    const count = countInCorpus(index, NOTES, events.length);
    expect(boundsOf(count, { ...ALL_TAKEN, isComplete: false }).least).toBe(0);
  });

  it('asks for no request for deletion back', () => {
    expect(countInCorpus(index, { kinds: [5] }, events.length).lasting).toBe(0);
  });
});

const notes = (changes: Partial<SignedNotes> = {}): SignedNotes => ({
  kind: 1,
  total: 100,
  topics: ['a', 'b', 'c'],
  areStored: true,
  shard: { index: 0, count: 1 },
  ...changes,
});

describe('how many notes of the run match', () => {
  it('is known of topics, with and without the kind', () => {
    expect(boundsOfNotes(notes(), { '#t': ['a'] })).toEqual({ least: 34, most: 34 });
    expect(boundsOfNotes(notes(), { kinds: [1, 7], '#t': ['a', 'c', 'a'] })).toEqual({ least: 67, most: 67 });
  });

  it('is known of ids', () => {
    expect(boundsOfNotes(notes(), { ids: ['1', '2'] })).toEqual({ least: 2, most: 2 });
  });

  it('is not known of anything that other clients or other conditions decide', () => {
    for (const filter of [{ kinds: [1] }, { '#t': ['other'] }, { '#t': ['a'], since: 1 }, { authors: ['1'] }])
      expect(boundsOfNotes(notes(), filter)).toEqual(UNKNOWN_COUNT);
    expect(boundsOfNotes(notes(), { kinds: [7], '#t': ['a'] })).toEqual(UNKNOWN_COUNT);
  });

  it('has no least where notes are missing, or went to several relays', () => {
    expect(boundsOfNotes(notes({ areStored: false }), { '#t': ['a'] })).toEqual({ least: 0, most: 34 });
  });

  it('is what all workers stored at most, and what this one stored at least', () => {
    const counts = fc.record({
      total: fc.nat(500),
      topics: fc.integer({ min: 1, max: 20 }),
      count: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(counts, ({ total, topics, count }) => {
        const names = Array.from({ length: topics }, (_, i) => `t${i}`);
        const ofWorker = (at: number) =>
          boundsOfNotes(notes({ total, topics: names, shard: { index: at, count } }), { '#t': ['t0'] });
        const workers = Array.from({ length: count }, (_, at) => ofWorker(at));
        const most = Math.ceil(total / topics);
        expect(workers.map((bounds) => bounds.most)).toEqual(workers.map(() => most));
        expect(workers.reduce((sum, { least }) => sum + least, 0)).toBe(most);
      }),
    );
  });
});
