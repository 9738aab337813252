import { describe, expect, it } from 'vitest';
import { expirationOf, toStoredEvent } from '../../../../src/relay/store/stored-event.ts';
import { someEvent } from '../../../support/stored-event.ts';

describe('preparing an event for storing', () => {
  it('keeps the first value of one-letter tags, each once', () => {
    const tags = [
      ['t', 'x', 'more'],
      ['t', 'x'],
      ['t', 'y'],
      ['T', 'x'],
      ['long', 'x'],
      ['t'],
      ['p', ''],
      ['1', 'x'],
    ];
    expect(toStoredEvent(someEvent({ tags }), '').tags).toEqual([
      ['t', 'x'],
      ['t', 'y'],
      ['T', 'x'],
      ['p', ''],
    ]);
  });

  it('takes the address from all tags, also where the first d has no value', () => {
    const event = someEvent({ kind: 30_023, tags: [['d'], ['d', 'x']] });
    expect(toStoredEvent(event, '').address).toBe(`30023:${event.pubkey}:`);
  });
});

describe('the expiration of an event', () => {
  it.each([
    ['no tag', [], Number.POSITIVE_INFINITY],
    ['a tag', [['expiration', '1700000000']], 1_700_000_000],
    ['a tag without value', [['expiration']], Number.POSITIVE_INFINITY],
    ['a text', [['expiration', 'soon']], Number.POSITIVE_INFINITY],
    ['a negative number', [['expiration', '-5']], Number.POSITIVE_INFINITY],
    ['a huge number', [['expiration', '9'.repeat(400)]], Number.POSITIVE_INFINITY],
  ])('with %s', (_name, tags, expected) => {
    expect(expirationOf(tags)).toBe(expected);
  });
});
