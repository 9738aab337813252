import { contentWords } from '../../nostr/nip50.ts';
import { contentOf, type StoredEvent } from '../store/stored-event.ts';

/** The words of an event for all live searches (NIP-50): its content is split once, and only where somebody searches. */
export class LiveContent {
  readonly #event: StoredEvent;
  #words: ReadonlySet<string> | null = null;

  constructor(event: StoredEvent) {
    this.#event = event;
  }

  /** The distinct words, in lower case. */
  get words(): ReadonlySet<string> {
    this.#words ??= new Set(contentWords(contentOf(this.#event)));
    return this.#words;
  }

  /** Whether all words occur, as a search demands. */
  hasAll(words: readonly string[]): boolean {
    return words.every((word) => this.words.has(word));
  }
}
