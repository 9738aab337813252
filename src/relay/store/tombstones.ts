import { DELETION_KIND, VANISH_KIND } from '../../nostr/kinds.ts';
import { GIFT_WRAP_KIND } from '../../nostr/nip59.ts';
import type { StoredEvent } from './stored-event.ts';

/**
 * What deletion requests (NIP-09) and requests to vanish (NIP-62) forbid, so that a deleted event stays away, also
 * when the request came before the event.
 */
export class Tombstones {
  /** Id and author of the request: only who may delete an event has deleted it. */
  readonly #ids = new Set<string>();
  /** Address to the newest `created_at` that is deleted. */
  readonly #addresses = new Map<string, number>();
  /** Key to the newest `created_at` that has vanished. */
  readonly #vanished = new Map<string, number>();

  /** Number of entries, for the memory account. */
  get size(): number {
    return this.#ids.size + this.#addresses.size + this.#vanished.size;
  }

  /** Remembers a deletion request. */
  record(request: StoredEvent): void {
    for (const [name, value] of request.tags) {
      if (name === 'e') this.#ids.add(value + request.pubkey);
      else if (name === 'a' && isOwnAddress(value, request.pubkey)) {
        raise(this.#addresses, value, request.created_at);
      }
    }
  }

  /** Remembers a request to vanish; `until` in Unix seconds, inclusive. */
  recordVanished(pubkey: string, until: number): void {
    raise(this.#vanished, pubkey, until);
  }

  /** Whether an event was deleted. Requests, to delete or to vanish, cannot be deleted by deletion requests. */
  forbid(event: StoredEvent): boolean {
    if (this.size === 0 || event.kind === VANISH_KIND) return false;
    const owners = ownersOf(event);
    if (owners.some((owner) => reaches(this.#vanished.get(owner), event))) return true;
    if (event.kind === DELETION_KIND) return false;
    if (owners.some((owner) => this.#ids.has(event.id + owner))) return true;
    return event.address !== null && reaches(this.#addresses.get(event.address), event);
  }
}

function raise(seconds: Map<string, number>, key: string, value: number): void {
  seconds.set(key, Math.max(seconds.get(key) ?? Number.NEGATIVE_INFINITY, value));
}

function reaches(until: number | undefined, event: StoredEvent): boolean {
  return until !== undefined && event.created_at <= until;
}

/** Who may delete an event: its author, and of a gift wrap its recipients, because nobody knows its author. */
export function ownersOf(event: StoredEvent): readonly string[] {
  if (event.kind !== GIFT_WRAP_KIND) return [event.pubkey];
  return [event.pubkey, ...event.tags.filter(([name]) => name === 'p').map(([, value]) => value)];
}

/** Whether a deletion request of `pubkey` that names an event by its id deletes it (NIP-09, NIP-59). */
export function isDeletableBy(event: StoredEvent, pubkey: string): boolean {
  if (event.kind === DELETION_KIND || event.kind === VANISH_KIND) return false;
  return ownersOf(event).includes(pubkey);
}

/** Whether an `a` tag (`kind:pubkey:d`) names an address of `pubkey`. */
export function isOwnAddress(address: string, pubkey: string): boolean {
  return address.split(':', 2)[1] === pubkey;
}
