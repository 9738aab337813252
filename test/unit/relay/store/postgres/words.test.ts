import { describe, expect, it } from 'vitest';
import { wordNumbers, wordsColumn } from '../../../../../src/relay/store/postgres/words.ts';
import { someStored } from '../../../../support/stored-event.ts';

describe('the words of an event', () => {
  it('are FNV-1a of their code points, as the schema computes it too', () => {
    expect(wordNumbers(['a', 'foobar'])).toEqual([0xe40c292c | 0, 0xbf9cf968 | 0]);
  });

  it('are the same number in every case and order, and each counts once', () => {
    const column = wordsColumn(someStored({ content: 'Nostr, nostr! NOSTR?' }));
    expect(column).toBe(`{${wordNumbers(['nostr'])[0]}}`);
  });

  it('are left out where they are longer than the index takes', () => {
    expect(wordNumbers(['x'.repeat(64), 'x'.repeat(65)])).toHaveLength(1);
  });

  it('are null where there are none', () => {
    expect(wordsColumn(someStored({ content: '!?' }))).toBeNull();
  });
});
