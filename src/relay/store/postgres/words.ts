import { contentWords } from '../../../nostr/nip50.ts';
import { contentOf, type StoredEvent } from '../stored-event.ts';

/** Longer words are not in the index; the search looks at the content for them. */
const WORD_MAX_LENGTH = 64;

/**
 * The numbers by which the index knows the words of a content: FNV-1a of their code points, 32 bits. Numbers are
 * smaller than words and compared faster; words that share one only give the search more to look at.
 */
export function wordNumbers(words: readonly string[]): number[] {
  return [...new Set(words.filter((word) => word.length <= WORD_MAX_LENGTH).map(wordNumber))];
}

function wordNumber(word: string): number {
  let number = 0x811c9dc5 | 0;
  for (const character of word) {
    number = Math.imul(number ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return number;
}

/** The words of an event as its row holds them: a text that Postgres reads as `int[]`; null without words. */
export function wordsColumn(event: StoredEvent): string | null {
  const numbers = wordNumbers(contentWords(contentOf(event)));
  return numbers.length === 0 ? null : `{${numbers.join(',')}}`;
}
