import type { NostrEvent } from '../../nostr/event.ts';
import { compareNewestFirst, DELETION_KIND, kindClass, replaceableAddress } from '../../nostr/kinds.ts';

/** What survival must know of an event that came before. */
export interface Earlier {
  readonly id: string;
  readonly pubkey: string;
  readonly kind: number;
  readonly created_at: number;
}

/** The events that were added before, by number. */
export interface EarlierEvents {
  /** The number of the event with this id, or −1. */
  numberOf(id: string): number;
  eventAt(number: number): Earlier;
}

/** Of an event that nothing has ended. */
const FOREVER = 0xffffffff;
const FIRST_CAPACITY = 1_024;

/**
 * Which events a relay still has after so many were published in order: ephemeral ones are never stored (NIP-01), of
 * an address only the newest version stays (NIP-01), and what its author has deleted goes and does not come back
 * (NIP-09). Expiration plays no part: it depends on the clock.
 */
export class Survival {
  readonly #earlier: EarlierEvents;
  /** Which event ended an event; its own number where it was never stored. */
  #endedBy = new Uint32Array(FIRST_CAPACITY);
  /** The newest version of an address. */
  readonly #current = new Map<string, number>();
  /** Authors who have deleted an id. */
  readonly #deletedIds = new Map<string, Set<string>>();
  /** Until when the versions of an address are deleted. */
  readonly #deletedAddresses = new Map<string, number>();

  constructor(earlier: EarlierEvents) {
    this.#earlier = earlier;
  }

  /** The next event; its number is the count of those before it. */
  add(number: number, event: NostrEvent): void {
    this.#reserve(number);
    const address = replaceableAddress(event);
    const isStored = !this.#isRefused(event, address) && this.#replaces(number, event, address);
    this.#endedBy[number] = isStored ? FOREVER : number;
    if (isStored && event.kind === DELETION_KIND) this.#deleteWhatIsNamed(number, event);
  }

  /** Whether a relay to which the first `published` events were sent has event `number`. */
  isStored(number: number, published: number): boolean {
    return number < published && (this.#endedBy[number] as number) >= published;
  }

  /** The event that ended event `number`; its own number where it was never stored, Infinity where none has. */
  endOf(number: number): number {
    const end = this.#endedBy[number] as number;
    return end === FOREVER ? Number.POSITIVE_INFINITY : end;
  }

  #isRefused(event: NostrEvent, address: string | null): boolean {
    if (kindClass(event.kind) === 'ephemeral') return true;
    if (event.kind === DELETION_KIND) return false;
    if (this.#deletedIds.get(event.id)?.has(event.pubkey) === true) return true;
    return address !== null && event.created_at <= (this.#deletedAddresses.get(address) ?? -Infinity);
  }

  /** Puts the event in the place of an older version. @returns false where the stored version is the newer one */
  #replaces(number: number, event: NostrEvent, address: string | null): boolean {
    if (address === null) return true;
    const current = this.#current.get(address);
    if (current !== undefined && this.isStored(current, number)) {
      if (compareNewestFirst(this.#earlier.eventAt(current), event) < 0) return false;
      this.#endedBy[current] = number;
    }
    this.#current.set(address, number);
    return true;
  }

  #deleteWhatIsNamed(number: number, { pubkey, created_at, tags }: NostrEvent): void {
    for (const [name, value] of tags) {
      if (value === undefined) continue;
      if (name === 'e') this.#deleteId(number, pubkey, value);
      if (name === 'a' && value.split(':')[1] === pubkey) this.#deleteAddress(number, value, created_at);
    }
  }

  #deleteId(number: number, pubkey: string, id: string): void {
    const deleters = this.#deletedIds.get(id) ?? new Set();
    this.#deletedIds.set(id, deleters.add(pubkey));
    const target = this.#earlier.numberOf(id);
    if (target < 0) return;
    const { pubkey: author, kind } = this.#earlier.eventAt(target);
    if (author === pubkey && kind !== DELETION_KIND) this.#end(target, number);
  }

  #deleteAddress(number: number, address: string, until_s: number): void {
    this.#deletedAddresses.set(address, Math.max(until_s, this.#deletedAddresses.get(address) ?? -Infinity));
    const current = this.#current.get(address);
    if (current === undefined) return;
    if (this.#earlier.eventAt(current).created_at <= until_s) this.#end(current, number);
  }

  #end(target: number, by: number): void {
    if (this.isStored(target, by)) this.#endedBy[target] = by;
  }

  #reserve(number: number): void {
    if (number < this.#endedBy.length) return;
    const larger = new Uint32Array(2 * this.#endedBy.length);
    larger.set(this.#endedBy);
    this.#endedBy = larger;
  }
}
