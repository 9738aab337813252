import type { NostrEvent } from '../../nostr/event.ts';
import { HexTable } from '../hex-table.ts';
import type { Earlier } from './survival.ts';

const FIRST_CAPACITY = 1_024;
const ID_BYTES = 32;

/** What filters look at besides tags, in columns: 46 bytes an event and the tables of ids and authors. */
export class EventColumns {
  readonly #idNumbers = new HexTable();
  readonly #authorNumbers = new HexTable();
  readonly #pubkeys: string[] = [];
  #ids = Buffer.alloc(FIRST_CAPACITY * ID_BYTES);
  #authors = new Uint32Array(FIRST_CAPACITY);
  #kinds = new Uint16Array(FIRST_CAPACITY);
  #createdAt_s = new Float64Array(FIRST_CAPACITY);

  get size(): number {
    return this.#idNumbers.size;
  }

  /** Public keys in the order of their first events; an author's number is the place in this list. */
  get pubkeys(): readonly string[] {
    return this.#pubkeys;
  }

  /** Adds an event, whose number is the size before. @returns false where it was there already */
  add({ id, pubkey, kind, created_at }: NostrEvent): boolean {
    const number = this.size;
    if (!this.#idNumbers.add(Buffer.from(id, 'latin1'), 0)) return false;
    if (number === this.#kinds.length) this.#grow();
    this.#ids.write(id, number * ID_BYTES, 'hex');
    this.#authors[number] = this.#authorNumbers.intern(Buffer.from(pubkey, 'latin1'), 0);
    if (this.#authorNumbers.size > this.#pubkeys.length) this.#pubkeys.push(pubkey);
    this.#kinds[number] = kind;
    this.#createdAt_s[number] = created_at;
    return true;
  }

  /** The number of the event with that id, or −1. */
  numberOf(id: string): number {
    return this.#idNumbers.find(Buffer.from(id, 'latin1'), 0);
  }

  /** The number of an author, or −1. */
  authorNumberOf(pubkey: string): number {
    return this.#authorNumbers.find(Buffer.from(pubkey, 'latin1'), 0);
  }

  idOf(number: number): string {
    return this.#ids.toString('hex', number * ID_BYTES, (number + 1) * ID_BYTES);
  }

  authorOf(number: number): number {
    return this.#authors[number] as number;
  }

  kindOf(number: number): number {
    return this.#kinds[number] as number;
  }

  createdAt_s(number: number): number {
    return this.#createdAt_s[number] as number;
  }

  eventAt(number: number): Earlier {
    return {
      id: this.idOf(number),
      pubkey: this.#pubkeys[this.authorOf(number)] as string,
      kind: this.kindOf(number),
      created_at: this.createdAt_s(number),
    };
  }

  /** The order of query results (NIP-01): newest first, in the same second the lowest id first. */
  compare(a: number, b: number): number {
    const byTime = this.createdAt_s(b) - this.createdAt_s(a);
    if (byTime !== 0) return byTime;
    const [idA, idB] = [a, b].map((number) => this.#ids.subarray(number * ID_BYTES, (number + 1) * ID_BYTES));
    return Buffer.compare(idA as Buffer, idB as Buffer);
  }

  #grow(): void {
    const capacity = 2 * this.#kinds.length;
    this.#ids = Buffer.concat([this.#ids], capacity * ID_BYTES);
    this.#authors = copied(this.#authors, new Uint32Array(capacity));
    this.#kinds = copied(this.#kinds, new Uint16Array(capacity));
    this.#createdAt_s = copied(this.#createdAt_s, new Float64Array(capacity));
  }
}

function copied<T extends Uint32Array | Uint16Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
