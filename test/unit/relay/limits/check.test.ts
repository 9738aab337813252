import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventProblem, filtersProblem } from '../../../../src/relay/limits/check.ts';
import { DEFAULT_LIMITS } from '../../../../src/relay/limits/limits.ts';
import { someEvent } from '../../../support/stored-event.ts';

const LIMITS = {
  ...DEFAULT_LIMITS,
  maxEventTags: 2,
  maxContentLength: 4,
  createdAtAheadS: 10,
  maxFilters: 2,
  maxFilterValues: 3,
  maxRequestValues: 4,
};
const NOW = 1_000;

describe('limits of an event', () => {
  it.each([
    ['two tags', { tags: [['a'], ['b']] }, null],
    ['three tags', { tags: [['a'], ['b'], ['c']] }, 'more than 2 tags'],
    ['four characters', { content: 'abcd' }, null],
    ['five characters', { content: 'abcde' }, 'content is longer than 4 characters'],
    ['four emoji, which are eight code units', { content: '😀'.repeat(4) }, null],
    ['five emoji', { content: '😀'.repeat(5) }, 'content is longer than 4 characters'],
    ['the last second ahead', { created_at: NOW + 10 }, null],
    ['one second more', { created_at: NOW + 11 }, 'created_at is more than 10 s in the future'],
    ['the past', { created_at: -5 }, null],
  ])('with %s', (_name, fields, problem) => {
    expect(eventProblem(someEvent(fields), LIMITS, NOW)).toBe(problem);
  });
});

describe('limits of a request', () => {
  it.each([
    ['two filters', [{}, {}], null],
    ['three filters', [{}, {}, {}], 'more than 2 filters'],
    ['three values', [{ kinds: [1], '#t': ['a', 'b'], limit: 500 }], null],
    ['four values', [{}, { kinds: [1, 2], '#t': ['a', 'b'] }], 'more than 3 values in a filter'],
    ['four values in all', [{ kinds: [1, 2] }, { '#t': ['a', 'b'] }], null],
    ['five values in all', [{ kinds: [1, 2, 3] }, { '#t': ['a', 'b'] }], 'more than 4 values in all filters'],
  ])('with %s', (_name, filters, problem) => {
    expect(filtersProblem(filters, LIMITS)).toBe(problem);
  });
});

describe('what is no Unicode text', () => {
  const halves = fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit));
  const broken = fc
    .tuple(fc.string(), halves, fc.string())
    .map(([before, half, after]) => `${before} ${half} ${after}`);
  const places: readonly ((text: string) => object)[] = [
    (text) => ({ content: text }),
    (text) => ({ kind: 30_023, tags: [['d', text]] }),
    (text) => ({ tags: [['t', 'x', text]] }),
    (text) => ({ tags: [[text]] }),
  ];
  const reason = (what: string): string => `the ${what} is not Unicode text: it has half of a surrogate pair`;
  const limits = { ...DEFAULT_LIMITS, maxContentLength: 1_000 };

  it('is refused wherever it stands in an event, before any store sees it', () => {
    fc.assert(
      fc.property(broken, fc.constantFrom(...places), (text, place) => {
        expect(eventProblem(someEvent(place(text)), limits, NOW)).toBe(reason('event'));
      }),
    );
  });

  it('is refused in a filter, as a value and as a search', () => {
    fc.assert(
      fc.property(broken, (text) => {
        expect(filtersProblem([{ '#d': ['x', text] }], limits)).toBe(reason('filter'));
        expect(filtersProblem([{ search: text }], limits)).toBe(reason('filter'));
      }),
    );
  });

  it('is not what any other text is, whole pairs included', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 100 });
    fc.assert(
      fc.property(texts, fc.constantFrom(...places), (text, place) => {
        expect(eventProblem(someEvent(place(text)), limits, NOW)).toBeNull();
        expect(filtersProblem([{ '#d': [text] }], limits)).toBeNull();
      }),
    );
  });
});

describe('limits of tags and searches', () => {
  it('are kept: conditions on many letters, searches of many words', () => {
    const letters = Object.fromEntries([...'abcdefghijk'].map((letter) => [`#${letter}`, ['x']]));
    expect(filtersProblem([letters], DEFAULT_LIMITS)).toBe('more than 10 tag conditions in a filter');
    const words = Array.from({ length: 51 }, (_, i) => `word${i}`).join(' ');
    expect(filtersProblem([{ search: words }], DEFAULT_LIMITS)).toBe('search has more than 50 words');
  });
});
