import { isHex64, type UnsignedEvent } from '../../nostr/event.ts';
import { HexTable, NOT_IN_TABLE } from '../hex-table.ts';
import { PostingLists } from './posting-lists.ts';

const SINGLE_LETTER = /^[a-zA-Z]$/;
/** Letters whose values are ids or public keys; filters can name no others there (NIP-01). */
const HEX_LETTERS = new Set(['e', 'p']);

/** Events by the first values of their single-letter tags, which is what filters look at (NIP-01). */
export class TagIndex {
  readonly #hexValues = { e: new HexTable(), p: new HexTable() };
  readonly #hexLists = { e: new PostingLists(), p: new PostingLists() };
  /** Letter and value to a key of `#textLists`. */
  readonly #texts = new Map<string, number>();
  readonly #textLists = new PostingLists();

  add(event: number, tags: UnsignedEvent['tags']): void {
    for (const [name = '', value] of tags) {
      if (value !== undefined && SINGLE_LETTER.test(name)) this.#addTag(event, name, value);
    }
  }

  /** How many events have that tag. */
  lengthOf(letter: string, value: string): number {
    if (isHexLetter(letter)) return this.#hexLists[letter].lengthOf(this.#hexKey(letter, value));
    return this.#textLists.lengthOf(this.#texts.get(letter + value) ?? NOT_IN_TABLE);
  }

  /** Calls `visit` with the events that have that tag. */
  each(letter: string, value: string, visit: (event: number) => void): void {
    if (isHexLetter(letter)) this.#hexLists[letter].each(this.#hexKey(letter, value), visit);
    else this.#textLists.each(this.#texts.get(letter + value) ?? NOT_IN_TABLE, visit);
  }

  /** The values of a tag that is no `e` and no `p`. */
  valuesOf(letter: string): string[] {
    return [...this.#texts.keys()].filter((text) => text[0] === letter).map((text) => text.slice(1));
  }

  #addTag(event: number, letter: string, value: string): void {
    if (isHexLetter(letter)) {
      if (!isHex64(value)) return;
      this.#hexLists[letter].add(this.#hexValues[letter].intern(Buffer.from(value, 'latin1'), 0), event);
      return;
    }
    const text = letter + value;
    const known = this.#texts.get(text);
    const key = known ?? this.#texts.size;
    if (known === undefined) this.#texts.set(text, key);
    this.#textLists.add(key, event);
  }

  #hexKey(letter: 'e' | 'p', value: string): number {
    return isHex64(value) ? this.#hexValues[letter].find(Buffer.from(value, 'latin1'), 0) : NOT_IN_TABLE;
  }
}

function isHexLetter(letter: string): letter is 'e' | 'p' {
  return HEX_LETTERS.has(letter);
}
