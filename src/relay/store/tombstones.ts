import { DELETION_KIND } from '../../nostr/kinds.ts';
import type { StoredEvent } from './stored-event.ts';

/**
 * What deletion requests (NIP-09) forbid, so that a deleted event stays away, also when the request came
 * before the event.
 */
export class Tombstones {
  /** Id and author of the request: only the author can delete an event. */
  readonly #ids = new Set<string>();
  /** Address to the newest `created_at` that is deleted. */
  readonly #addresses = new Map<string, number>();

  /** Number of entries, for the memory account. */
  get size(): number {
    return this.#ids.size + this.#addresses.size;
  }

  /** Remembers a deletion request. */
  record(request: StoredEvent): void {
    for (const [name, value] of request.tags) {
      if (name === 'e') this.#ids.add(value + request.pubkey);
      else if (name === 'a' && isOwnAddress(value, request.pubkey)) {
        const before = this.#addresses.get(value) ?? Number.NEGATIVE_INFINITY;
        this.#addresses.set(value, Math.max(before, request.created_at));
      }
    }
  }

  /** Whether an event was deleted by its author. Deletion requests cannot be deleted. */
  forbid(event: StoredEvent): boolean {
    if (this.size === 0 || event.kind === DELETION_KIND) return false;
    if (this.#ids.has(event.id + event.pubkey)) return true;
    const until = event.address === null ? undefined : this.#addresses.get(event.address);
    return until !== undefined && event.created_at <= until;
  }
}

/** Whether an `a` tag (`kind:pubkey:d`) names an address of `pubkey`. */
export function isOwnAddress(address: string, pubkey: string): boolean {
  return address.split(':', 2)[1] === pubkey;
}
