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
  ])('with %s', (_name, filters, problem) => {
    expect(filtersProblem(filters, LIMITS)).toBe(problem);
  });
});
