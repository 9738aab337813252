import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentOf, expirationOf, toStoredEvent } from '../../../../src/relay/store/stored-event.ts';
import { someEvent, someStored } from '../../../support/stored-event.ts';

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

describe('the content of an event', () => {
  const contentIn = (json: string): string => contentOf({ ...someStored(), json });

  it('is what parsing its text finds', () => {
    const special = fc.constantFrom(
      '"content":"x"',
      '\\"content":"',
      '{',
      '\\',
      '"',
      '\\u0041',
      '\u0000',
      '😀',
    );
    const text = fc.array(fc.oneof(special, fc.string())).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (content, value) => {
        const event = someEvent({ content, tags: [['t', value, 'content']] });
        expect(contentIn(JSON.stringify(event))).toBe(content);
        expect(contentIn(JSON.stringify({ content, tags: [['t', value]] }, null, 1))).toBe(content);
      }),
    );
  });

  it('is found however the text is written', () => {
    expect(contentIn('{"content" : "a\\"b\\\\"}')).toBe('a"b\\');
    expect(contentIn('{"other":{"content":"x"},"content":"y"}')).toBe('y');
    expect(contentIn('{"other":{"content":"x"},"c\\u006fntent":"y"}')).toBe('y');
    expect(contentIn('{"content":"x","c\\u006fntent":"y"}')).toBe('y');
    expect(contentIn('{"tags":[["t","content"]],"c\\u006fntent":"y"}')).toBe('y');
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
