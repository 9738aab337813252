import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../src/base/random.ts';
import { compareNewestFirst } from '../../../../src/nostr/kinds.ts';
import { PostingList } from '../../../../src/relay/store/posting-list.ts';
import type { StoredEvent } from '../../../../src/relay/store/stored-event.ts';
import { someStored } from '../../../support/stored-event.ts';

/** Enough for several chunks. */
const COUNT = 3_000;

function listOf(events: readonly StoredEvent[]): PostingList {
  const [first, ...rest] = events;
  if (first === undefined) throw new Error('a list has at least one event');
  const list = new PostingList(first);
  for (const event of rest) list.add(event);
  return list;
}

function read(list: PostingList, until = Number.POSITIVE_INFINITY): StoredEvent[] {
  const events: StoredEvent[] = [];
  const cursor = list.cursor(until);
  for (; cursor.current !== undefined; cursor.advance()) events.push(cursor.current);
  return events;
}

/** Events with few distinct seconds, so that there are ties everywhere, in random order. */
function shuffled(): StoredEvent[] {
  const random = createRandom(7, 'posting-list');
  const events = Array.from({ length: COUNT }, () => someStored({ created_at: random.int(200) }));
  return events
    .map((event) => ({ event, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ event }) => event);
}

describe('a posting list', () => {
  it('holds a single event', () => {
    const event = someStored();
    const list = listOf([event]);
    expect(list.size).toBe(1);
    expect(read(list)).toEqual([event]);
    expect(read(list, event.created_at)).toEqual([event]);
    expect(read(list, event.created_at - 1)).toEqual([]);
  });

  it('is in query order, however events come', () => {
    const events = shuffled();
    expect(read(listOf(events))).toEqual(events.toSorted(compareNewestFirst));
  });

  it('is in query order when events come in time order or backwards', () => {
    const sorted = shuffled().sort(compareNewestFirst);
    expect(read(listOf(sorted))).toEqual(sorted);
    expect(read(listOf(sorted.toReversed()))).toEqual(sorted);
  });

  it('begins at any second', () => {
    const events = shuffled();
    const list = listOf(events);
    const sorted = events.toSorted(compareNewestFirst);
    for (const until of [-1, 0, 1, 99, 150, 199, 200]) {
      expect(read(list, until)).toEqual(sorted.filter((event) => event.created_at <= until));
    }
  });

  it('loses exactly the events that are removed', () => {
    const events = shuffled();
    const list = listOf(events);
    for (const event of events.slice(0, COUNT - 5)) list.remove(event);
    expect(list.size).toBe(5);
    expect(read(list)).toEqual(events.slice(-5).sort(compareNewestFirst));
    for (const event of events.slice(-5)) list.remove(event);
    expect([list.size, read(list)]).toEqual([0, []]);
  });

  it('refuses to remove what it does not hold', () => {
    const list = listOf([someStored(), someStored()]);
    expect(() => list.remove(someStored({ created_at: 1 }))).toThrow();
  });
});
