import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentWords } from '../../../../../src/nostr/nip50.ts';
import { contentNumbers, wordNumbers } from '../../../../../src/relay/store/postgres/words.ts';

describe('the words of a content', () => {
  it('are FNV-1a of their code points, as the schema computes it too', () => {
    expect(wordNumbers(['a', 'foobar'])).toEqual([0xe40c292c | 0, 0xbf9cf968 | 0]);
  });

  it('are the same number in every case and order, and each counts once', () => {
    expect(contentNumbers('Nostr, nostr! NOSTR?')).toEqual(wordNumbers(['nostr']));
  });

  it('are left out where they are longer than the index takes', () => {
    expect(wordNumbers(['x'.repeat(64), 'x'.repeat(65)])).toHaveLength(1);
    expect(contentNumbers(`${'x'.repeat(64)} ${'x'.repeat(65)}`)).toHaveLength(1);
  });

  it('are none where there are none', () => {
    expect(contentNumbers('!?')).toEqual([]);
  });

  it('are those that a search cuts, of ASCII as of anything else', () => {
    const ascii = fc.string({ unit: 'binary-ascii', maxLength: 200 });
    fc.assert(
      fc.property(fc.oneof(ascii, fc.string({ unit: 'grapheme' })), (content) => {
        expect(contentNumbers(content)).toEqual(wordNumbers(contentWords(content)));
      }),
    );
  });
});
