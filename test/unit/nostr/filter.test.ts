import { describe, expect, it } from 'vitest';
import type { NostrEvent } from '../../../src/nostr/event.ts';
import { type Filter, FilterMatcher, parseFilter, tagConditions } from '../../../src/nostr/filter.ts';

const HEX = 'a'.repeat(64);
const OTHER_HEX = 'b'.repeat(64);

const EVENT: NostrEvent = {
  id: HEX,
  pubkey: OTHER_HEX,
  created_at: 100,
  kind: 1,
  tags: [['e', HEX, 'second'], ['t', 'x'], ['t', 'y'], ['T', 'upper'], ['p']],
  content: '',
  sig: '0'.repeat(128),
};

describe('matching a filter', () => {
  const cases: [string, Filter, boolean][] = [
    ['an empty filter', {}, true],
    ['its id', { ids: [HEX] }, true],
    ['another id', { ids: [OTHER_HEX] }, false],
    ['a prefix of its id', { ids: ['aaaa'] }, false],
    ['its author', { authors: [HEX, OTHER_HEX] }, true],
    ['another author', { authors: [HEX] }, false],
    ['its kind', { kinds: [0, 1] }, true],
    ['another kind', { kinds: [0] }, false],
    ['since its second', { since: 100 }, true],
    ['since the next second', { since: 101 }, false],
    ['until its second', { until: 100 }, true],
    ['until the second before', { until: 99 }, false],
    ['one of its tags', { '#t': ['y'] }, true],
    ['one of several values', { '#t': ['nope', 'x'] }, true],
    ['two tags that both hold', { '#t': ['x'], '#e': [HEX] }, true],
    ['two tags of which one holds', { '#t': ['x'], '#e': [OTHER_HEX] }, false],
    ['the second value of a tag', { '#e': ['second'] }, false],
    ['a capital letter', { '#T': ['upper'] }, true],
    ['a small letter for a capital tag', { '#t': ['upper'] }, false],
    ['a tag without a value', { '#p': [''] }, false],
    ['a tag that it has not', { '#a': ['x'] }, false],
    ['all conditions at once', { ids: [HEX], authors: [OTHER_HEX], kinds: [1], since: 1, until: 200 }, true],
    ['an empty list of ids', { ids: [] }, false],
    ['an empty list of kinds', { kinds: [] }, false],
    ['an empty tag condition', { '#t': [] }, false],
    ['limit 0, which plays no part', { limit: 0 }, true],
  ];

  it.each(cases)('by %s', (_name, filter, expected) => {
    expect(new FilterMatcher(filter).matches(EVENT)).toBe(expected);
  });
});

describe('parsing a filter', () => {
  it('accepts every field of NIP-01', () => {
    const filter = {
      ids: [HEX],
      authors: [HEX],
      kinds: [0, 65_535],
      since: 0,
      until: -1,
      limit: 0,
      '#e': [HEX],
      '#p': [HEX],
      '#t': ['anything', ''],
      '#Z': ['x'],
    };
    expect(parseFilter(filter)).toEqual({ filter });
  });

  it.each([
    ['null', null, 'filter is not an object'],
    ['a list', [], 'filter is not an object'],
    ['a text', 'x', 'filter is not an object'],
    ['a short id', { ids: ['aaaa'] }, 'filter field ids is not a list of 64-character lowercase hex values'],
    ['a capital author', { authors: ['A'.repeat(64)] }, /^filter field authors is not a list of 64-/],
    ['a short #e', { '#e': ['aaaa'] }, /^filter field #e is not a list of 64-/],
    ['a short #p', { '#p': [''] }, /^filter field #p is not a list of 64-/],
    ['ids that are no list', { ids: HEX }, /^filter field ids is not a list/],
    ['a kind as text', { kinds: ['1'] }, 'filter field kinds is not a list of integers in 0..65535'],
    ['a kind above 65535', { kinds: [65_536] }, /^filter field kinds/],
    ['a negative kind', { kinds: [-1] }, /^filter field kinds/],
    ['a number in a tag list', { '#t': [1] }, 'filter field #t is not a list of strings'],
    ['since as text', { since: '1' }, 'filter field since is not an integer'],
    ['until as a fraction', { until: 1.5 }, 'filter field until is not an integer'],
    ['a negative limit', { limit: -1 }, 'filter field limit is not a non-negative integer'],
    ['null as a value', { limit: null }, 'filter field limit is not a non-negative integer'],
    ['an unknown field', { sort: 'x' }, 'unknown filter field "sort"'],
    ['a search that is no text', { search: 1 }, 'filter field search is not a string'],
    ['a tag of two letters', { '#tt': ['x'] }, 'unknown filter field "#tt"'],
    ['a tag that is no letter', { '#1': ['x'] }, 'unknown filter field "#1"'],
    ['a name of Object', { constructor: 1 }, 'unknown filter field "constructor"'],
    ['__proto__', JSON.parse('{"__proto__":{"limit":1}}'), 'unknown filter field "__proto__"'],
  ])('refuses %s', (_name, value, problem) => {
    expect(parseFilter(value).problem).toMatch(problem);
  });

  it('sends back no more than a piece of an unknown field', () => {
    expect(parseFilter({ ['x'.repeat(1_000)]: 1 }).problem?.length).toBeLessThan(80);
  });
});

describe('the tag conditions of a filter', () => {
  it('are its # fields', () => {
    expect(tagConditions({ kinds: [1], '#t': ['x'], '#E': [] })).toEqual([
      { name: 't', values: ['x'] },
      { name: 'E', values: [] },
    ]);
  });
});
