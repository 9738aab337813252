import { contentWords } from '../../../nostr/nip50.ts';

/** Longer words are not in the index; the search looks at the content for them. */
const WORD_MAX_LENGTH = 64;
const FIRST_NUMBER = 0x811c9dc5 | 0;
const FACTOR = 0x01000193;
const ASCII_MAX = 0x7f;

/**
 * The numbers by which the index knows the words of a content: FNV-1a of their code points, 32 bits. Numbers are
 * smaller than words and compared faster; words that share one only give the search more to look at.
 */
export function wordNumbers(words: readonly string[]): number[] {
  return [...new Set(words.filter((word) => word.length <= WORD_MAX_LENGTH).map(wordNumber))];
}

function wordNumber(word: string): number {
  let number = FIRST_NUMBER;
  for (const character of word) {
    number = Math.imul(number ^ (character.codePointAt(0) ?? 0), FACTOR);
  }
  return number;
}

/** The numbers of the distinct words of a content, in the order in which they come. */
export function contentNumbers(content: string): number[] {
  return asciiNumbers(content) ?? wordNumbers(contentWords(content));
}

/**
 * The same for a content of ASCII, whose words are found and numbered in one go: that takes a fifth of the time.
 * @returns null where there are other characters
 */
function asciiNumbers(content: string): number[] | null {
  const numbers = new Set<number>();
  let number = FIRST_NUMBER;
  let start = 0;
  for (let index = 0; index <= content.length; index++) {
    const code = index < content.length ? content.charCodeAt(index) : 0;
    if (code > ASCII_MAX) return null;
    const letter = LETTERS[code] ?? 0;
    if (letter !== 0) {
      number = Math.imul(number ^ letter, FACTOR);
      continue;
    }
    if (index > start && index - start <= WORD_MAX_LENGTH) numbers.add(number);
    number = FIRST_NUMBER;
    start = index + 1;
  }
  return [...numbers];
}

/** By the code of a character of ASCII: the code of its lower case where words hold it, else 0. */
const LETTERS = Uint8Array.from({ length: ASCII_MAX + 1 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[a-z0-9]/i.test(character) ? character.toLowerCase().charCodeAt(0) : 0;
});
