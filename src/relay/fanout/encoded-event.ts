import { deflateMessage } from '../../base/deflate-message.ts';

const CLOSING_BRACKET = ']';

/** An event as it goes out to many readers: its JSON is encoded once for all of them, and compressed once. */
export class EncodedEvent {
  readonly #json: string;
  #plain: Uint8Array | null = null;
  #deflated: Uint8Array | null = null;

  constructor(json: string) {
    this.#json = json;
  }

  /** The JSON as UTF-8. */
  get plain(): Uint8Array {
    this.#plain ??= Buffer.from(this.#json);
    return this.#plain;
  }

  /**
   * The JSON and the bracket that ends its message, compressed. Nothing in it refers to what stands before: every reader gets a
   * beginning of its own, see `writeStoredHeader`.
   */
  get deflated(): Uint8Array {
    this.#deflated ??= deflateMessage(Buffer.from(this.#json + CLOSING_BRACKET));
    return this.#deflated;
  }
}
