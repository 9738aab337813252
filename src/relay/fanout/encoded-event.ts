import { deflatedText } from './deflatable.ts';

const CLOSING_BRACKET = ']';

/** An event as it goes out to many readers: its JSON is encoded once for all of them, and compressed once. */
export class EncodedEvent {
  readonly #json: string;
  readonly #mayDeflate: boolean;
  #plain: Uint8Array | null = null;
  #deflated: Uint8Array | null | undefined;

  /** @param mayDeflate false where too many are sent at once to compress each of them */
  constructor(json: string, mayDeflate = true) {
    this.#json = json;
    this.#mayDeflate = mayDeflate;
  }

  /** The JSON as UTF-8. */
  get plain(): Uint8Array {
    this.#plain ??= Buffer.from(this.#json);
    return this.#plain;
  }

  /**
   * The JSON and the bracket that ends its message, compressed; null where it goes out as it is. Nothing in it refers to what
   * stands before: every reader gets a beginning of its own, see `writeStoredHeader`.
   */
  get deflated(): Uint8Array | null {
    if (!this.#mayDeflate) return null;
    this.#deflated ??= deflatedText(this.#json + CLOSING_BRACKET, this.plain.length + 1);
    return this.#deflated;
  }
}
