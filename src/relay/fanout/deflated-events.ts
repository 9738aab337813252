import type { StoredEvent } from '../store/stored-event.ts';
import { deflatedText } from './deflatable.ts';

const LIMIT_BYTES = 32 * 2 ** 20;
/** What an entry takes besides its bytes. */
const ENTRY_BYTES = 300;

/**
 * Stored events as they go out compressed: many ask for the same ones, and compressing takes many times as long as all the rest of
 * sending. What was compressed first is forgotten first.
 */
export class DeflatedEvents {
  readonly #limitBytes: number;
  readonly #kept = new Map<string, Uint8Array>();
  #bytes = 0;

  constructor(limitBytes = LIMIT_BYTES) {
    this.#limitBytes = limitBytes;
  }

  /** Estimated bytes of all that is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * The JSON and the bracket that ends its message, compressed as those of a live event are; null where it goes out as it is.
   * @param jsonBytes of the JSON as UTF-8
   */
  of({ id, json }: Pick<StoredEvent, 'id' | 'json'>, jsonBytes: number): Uint8Array | null {
    const known = this.#kept.get(id);
    if (known !== undefined) return known;
    const deflated = deflatedText(`${json}]`, jsonBytes + 1);
    if (deflated === null) return null;
    // A copy: what zlib gives lies in a larger buffer.
    this.#keep(id, Uint8Array.from(deflated));
    return deflated;
  }

  #keep(id: string, deflated: Uint8Array): void {
    this.#kept.set(id, deflated);
    this.#bytes += deflated.length + ENTRY_BYTES;
    for (const [oldest, { length }] of this.#kept) {
      if (this.#bytes <= this.#limitBytes) return;
      this.#kept.delete(oldest);
      this.#bytes -= length + ENTRY_BYTES;
    }
  }
}
