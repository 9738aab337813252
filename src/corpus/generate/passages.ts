import { createRandom } from '../../base/random.ts';
import type { Draws } from './draws.ts';
import { ENGLISH, LATIN, type Language, NON_ASCII } from './vocabulary.ts';

/** Words of a paragraph; between two paragraphs stands an escaped empty line instead of a blank. */
const PARAGRAPH_WORDS = 60;
const BREAK = '\\n\\n';

/** Characters of the text that passages of English and of another language are cut from. */
const ENGLISH_LENGTH = 400_000;
const OTHER_LENGTH = 120_000;

/** No word and no number of blanks is longer. */
const LONGEST_WORD = 100;

/** What a book is written in, and how. */
interface BookSpec {
  readonly language: Language;
  /** Decides its words. */
  readonly label: string;
  readonly characters: number;
  readonly paragraphWords: number;
}

/**
 * A long text to cut passages from: far cheaper than to put every note together word by word. It is written when the
 * first passage is asked for, since most commands need none.
 */
class Book {
  readonly #spec: BookSpec;
  #written: { readonly text: string; readonly bytesPerCharacter: number } | null = null;

  constructor(spec: BookSpec) {
    this.#spec = spec;
  }

  /** Whole words of about `bytes` bytes, at least one; of at most half of the book. */
  passage(draws: Draws, bytes: number): string {
    this.#written ??= writeBook(this.#spec);
    const { text, bytesPerCharacter } = this.#written;
    const length = Math.min(Math.ceil(bytes / bytesPerCharacter), text.length / 2);
    const from = draws.int(text.length / 2 - LONGEST_WORD);
    if (this.#spec.language.gap === '') return text.slice(from, from + length);
    const start = text.indexOf(' ', from) + 1;
    return text.slice(start, text.indexOf(' ', start + length));
  }
}

function writeBook({ language, label, characters, paragraphWords }: BookSpec): {
  readonly text: string;
  readonly bytesPerCharacter: number;
} {
  const { words, gap } = language;
  const random = createRandom(0, `corpus/book/${label}`);
  const parts: string[] = [gap];
  for (let written = 0, count = 1; written < characters; count++) {
    const unit = random.next();
    const word = words[Math.floor(unit * unit * words.length)] as string;
    const after = gap === ' ' && count % paragraphWords === 0 ? BREAK : gap;
    parts.push(word, after);
    written += word.length + after.length;
  }
  const text = parts.join('');
  return { text, bytesPerCharacter: Buffer.byteLength(text) / text.length };
}

const english = new Book({
  language: ENGLISH,
  label: 'english',
  characters: ENGLISH_LENGTH,
  paragraphWords: PARAGRAPH_WORDS,
});
const plain = new Book({
  language: ENGLISH,
  label: 'plain',
  characters: OTHER_LENGTH,
  paragraphWords: Number.POSITIVE_INFINITY,
});
const otherBook = (language: Language, i: number): Book =>
  new Book({
    language,
    label: `other ${i}`,
    characters: OTHER_LENGTH,
    paragraphWords: PARAGRAPH_WORDS,
  });
const latin = LATIN.map(otherBook);
const nonAscii = NON_ASCII.map(otherBook);

const NON_ASCII_SHARE = 0.06;
const LATIN_SHARE = 0.1;

/** English in paragraphs. */
export function englishPassage(draws: Draws, bytes: number): string {
  return english.passage(draws, bytes);
}

/** English in one line. */
export function plainPassage(draws: Draws, bytes: number): string {
  return plain.passage(draws, bytes);
}

/** A passage in some language: mostly English. */
export function anyPassage(draws: Draws, bytes: number): string {
  const share = draws.unit();
  if (share < NON_ASCII_SHARE) return draws.earlyOf(nonAscii).passage(draws, bytes);
  return (share < NON_ASCII_SHARE + LATIN_SHARE ? draws.of(latin) : english).passage(draws, bytes);
}
