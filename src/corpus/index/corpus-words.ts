import type { NostrEvent } from '../../nostr/event.ts';
import { contentWords } from '../../nostr/nip50.ts';

const NOTE = 1;
/** Contents that are looked at: more would tell no other words. */
const MOST_NOTES = 5_000;
/** Shorter words are in every content, and relays may leave them out of their index. */
const SHORTEST = 4;
const LONGEST = 24;

/** Words of the notes of a corpus, for queries that search. */
export class CorpusWords {
  /** The number of the first note with each word. */
  readonly #first = new Map<string, number>();
  #notes = 0;

  /** @param number of the event, ascending */
  add(number: number, { kind, content }: NostrEvent): void {
    if (kind !== NOTE || this.#notes === MOST_NOTES) return;
    this.#notes++;
    for (const word of contentWords(content)) {
      if (word.length < SHORTEST || word.length > LONGEST || this.#first.has(word)) continue;
      this.#first.set(word, number);
    }
  }

  /** Words of the first `published` events of the corpus. */
  upTo(published: number): readonly string[] {
    return [...this.#first].flatMap(([word, number]) => (number < published ? [word] : []));
  }
}
