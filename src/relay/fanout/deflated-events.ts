import type { StoredEvent } from '../store/stored-event.ts';
import { deflatedText } from './deflatable.ts';

const LIMIT_BYTES = 32 * 2 ** 20;
/** What an entry takes besides its bytes. */
const ENTRY_BYTES = 300;

interface Kept {
  readonly json: string;
  readonly deflated: Uint8Array;
  /** Estimated bytes of the entry. */
  readonly bytes: number;
}

/**
 * Stored events as they go out compressed: many ask for the same ones, and compressing takes many times as long as all the rest of
 * sending. What was compressed first is forgotten first.
 */
export class DeflatedEvents {
  readonly #limitBytes: number;
  readonly #kept = new Map<string, Kept>();
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
    // The same id may stand for two texts: of other signatures, and where nothing is verified of anything.
    if (known?.json === json) return known.deflated;
    const deflated = deflatedText(`${json}]`, jsonBytes + 1);
    if (deflated === null) return null;
    // A copy: what zlib gives lies in a larger buffer.
    const copy = Uint8Array.from(deflated);
    this.#keep(id, { json, deflated: copy, bytes: jsonBytes + copy.length + ENTRY_BYTES });
    return deflated;
  }

  #keep(id: string, entry: Kept): void {
    this.#forget(id);
    this.#kept.set(id, entry);
    this.#bytes += entry.bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#limitBytes) return;
      this.#forget(oldest);
    }
  }

  #forget(id: string): void {
    this.#bytes -= this.#kept.get(id)?.bytes ?? 0;
    this.#kept.delete(id);
  }
}
