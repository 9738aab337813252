import { describe, expect, it } from 'vitest';
import type { Filter } from '../../../../src/nostr/filter.ts';
import { SubscriptionIndex } from '../../../../src/relay/fanout/subscription-index.ts';
import type { StoredEvent } from '../../../../src/relay/store/stored-event.ts';
import { someStored } from '../../../support/stored-event.ts';

/** An event that counts how often its text is read, and its tags gone through. */
function counted(event: StoredEvent) {
  const reads = { json: 0, tags: 0 };
  class CountedTags extends Array<StoredEvent['tags'][number]> {
    override [Symbol.iterator]() {
      reads.tags++;
      return super[Symbol.iterator]();
    }
  }
  const tags = CountedTags.from(event.tags) as unknown as StoredEvent['tags'];
  const watched: StoredEvent = {
    ...event,
    tags,
    get json() {
      reads.json++;
      return event.json;
    },
  };
  return { watched, reads };
}

function indexOf(...requests: readonly (readonly Filter[])[]) {
  const index = new SubscriptionIndex<{ lastDelivery: number }>();
  const listed = requests.map(() => ({ lastDelivery: 0 }));
  for (const [i, each] of listed.entries()) index.add(each, requests[i] ?? []);
  const matches = (event: StoredEvent): number[] => {
    const found: number[] = [];
    index.forEachMatch(event, (match) => found.push(listed.indexOf(match)));
    return found.sort((a, b) => a - b);
  };
  return { index, listed, matches };
}

describe('live searches (NIP-50)', () => {
  it('are found by their words, with whatever else they ask for', () => {
    const { matches } = indexOf(
      [{ search: 'brown fox' }],
      [{ search: 'fox', kinds: [7] }],
      [{ search: 'fox', kinds: [1] }],
      [{ search: 'fox wolf' }],
      [{ search: '' }],
      [{ search: 'lang:en' }],
      [{ search: 'fox', '#t': ['x'] }],
    );
    const event = someStored({ kind: 1, content: 'A quick BROWN fox', tags: [['t', 'x']] });
    expect(matches(event)).toEqual([0, 2, 4, 5, 6]);
  });

  it('split the content once, however many they are', () => {
    const searches = Array.from({ length: 4_000 }, (_, i) => [{ search: `fox brown missing${i}` }]);
    const { matches } = indexOf(...searches, [{ search: 'fox' }], [{ search: 'brown', kinds: [1] }]);
    const { watched, reads } = counted(someStored({ kind: 1, content: 'brown fox '.repeat(1_000) }));
    expect([matches(watched), reads.json]).toEqual([[4_000, 4_001], 1]);
  });

  it('cost nothing where nobody searches', () => {
    const { matches } = indexOf([{ kinds: [1] }]);
    const { watched, reads } = counted(someStored({ kind: 1, content: 'fox' }));
    expect([matches(watched), reads.json]).toEqual([[0], 0]);
  });

  it('are forgotten with their subscription', () => {
    const { index, listed, matches } = indexOf([{ search: 'fox' }], [{ search: 'fox' }]);
    index.remove(listed[0] as (typeof listed)[number]);
    expect([matches(someStored({ content: 'fox' })), index.size]).toEqual([[1], 1]);
  });
});

describe('a long event', () => {
  const value = '"quoted" \\ \n é 😀 \u0001 \u2028';
  const long = (tags: string[][]) => someStored({ content: 'x'.repeat(10_000), tags });

  it('is not parsed for tags that its text does not hold', () => {
    const { matches } = indexOf([{ '#t': ['other', value] }], [{ '#e': ['f'.repeat(64)] }], [{ kinds: [1] }]);
    const { watched, reads } = counted(long([['t', 'something']]));
    expect([matches(watched), reads.tags]).toEqual([[2], 0]);
  });

  it('is found by any text of a tag, alone or before others', () => {
    const { matches } = indexOf([{ '#t': ['other', value] }], [{ '#T': [value] }], [{ '#t': [''] }]);
    expect(matches(long([['t', value]]))).toEqual([0]);
    expect(
      matches(
        long([
          ['T', value, 'more'],
          ['t', '', value],
        ]),
      ),
    ).toEqual([1, 2]);
  });

  it('is found where more tags are asked for than are looked for in its text', () => {
    const values = Array.from({ length: 500 }, (_, i) => `${i}`);
    const { matches } = indexOf([{ '#t': values }], [{ '#t': ['x'] }]);
    expect(matches(long([['t', '499']]))).toEqual([0]);
  });
});

describe('filters that share thousands of tags with an event', () => {
  it('are held against it once each, and go through its tags once all together', () => {
    const values = Array.from({ length: 2_000 }, (_, i) => `${i}`);
    const never = Array.from({ length: 20 }, () => [{ '#t': values, '#z': ['none'] }]);
    const { matches } = indexOf(...never, [{ '#t': values }]);
    const { watched, reads } = counted(someStored({ tags: values.map((value) => ['t', value]) }));
    expect(matches(watched)).toEqual([20]);
    expect(reads.tags).toBeLessThanOrEqual(3);
  });

  it('are listed under their rarest tag: an event without it is not held against them', () => {
    const values = Array.from({ length: 2_000 }, (_, i) => `${i}`);
    const { matches } = indexOf([{ '#t': values, '#z': ['rare'] }], [{ '#z': ['rare'], '#t': ['0', 'x'] }]);
    const tags = values.map((value): [string, string] => ['t', value]);
    const { watched, reads } = counted(someStored({ tags }));
    expect([matches(watched), reads.tags]).toEqual([[], 0]);
    expect(matches(someStored({ tags: [...tags, ['z', 'rare']] }))).toEqual([0, 1]);
  });
});
