import { describe, expect, it } from 'vitest';
import { relevance, searchWords } from '../../../src/nostr/nip50.ts';

describe('the words of a search (NIP-50)', () => {
  it.each([
    ['purple Orange', ['purple', 'orange']],
    ['twice twice', ['twice']],
    ['language:en purple include:spam', ['purple']],
    ['domain:example.com', []],
    ['https://example.com', ['https', 'example', 'com']],
    ['Größe, 日本!', ['größe', '日本']],
    ['  ', []],
  ])('of %j are %j', (search, words) => {
    expect(searchWords(search)).toEqual(words);
  });
});

describe('relevance (NIP-50)', () => {
  const words = ['purple', 'fox'];

  it('is zero where a word is missing or only part of another', () => {
    expect(relevance('a purple foxtrot', words)).toBe(0);
  });

  it('ignores case and order', () => {
    expect(relevance('Fox! PURPLE.', words)).toBe(relevance('purple fox', words));
  });

  it('grows with repetition, less and less', () => {
    const [one, two, three] = ['fox', 'fox fox', 'fox fox fox'].map((text) => relevance(text, ['fox']));
    expect(two).toBeGreaterThan(one ?? 0);
    expect((three ?? 0) - (two ?? 0)).toBeLessThan((two ?? 0) - (one ?? 0));
  });

  it('finds everything without words', () => {
    expect(relevance('anything', [])).toBeGreaterThan(0);
  });
});
