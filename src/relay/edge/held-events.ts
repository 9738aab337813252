import { compareNewestFirst } from '../../nostr/kinds.ts';
import { memoryBytes } from '../store/memory-cost.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import { isDeletableBy, isOwnAddress } from '../store/tombstones.ts';
import type { Coverage } from './coverage.ts';

/** An event, and everybody who holds it. */
interface Held {
  readonly event: StoredEvent;
  readonly holders: Set<Coverage>;
}

/** What the place of an event in a coverage takes. */
const PLACE_BYTES = 16;

/** The events of all coverages, each once and as long as one of them holds it; of an address one version. */
export class HeldEvents {
  readonly #byId = new Map<string, Held>();
  readonly #byAddress = new Map<string, StoredEvent>();
  #bytes = 0;

  get size(): number {
    return this.#byId.size;
  }

  /** Estimated bytes of all of them. */
  get bytes(): number {
    return this.#bytes;
  }

  get(id: string): StoredEvent | undefined {
    return this.#byId.get(id)?.event;
  }

  /** The version of an address that is held. */
  version(address: string): StoredEvent | undefined {
    return this.#byAddress.get(address);
  }

  /** Puts an event into a coverage. */
  place(event: StoredEvent, holder: Coverage): void {
    const held = this.#byId.get(event.id) ?? this.#insert(event);
    if (held.holders.has(holder)) return;
    held.holders.add(holder);
    holder.add(held.event);
    this.#bytes += PLACE_BYTES;
  }

  /** Takes an event out of all coverages. */
  remove(event: StoredEvent): void {
    const held = this.#byId.get(event.id);
    if (held === undefined) return;
    for (const holder of held.holders) holder.remove(held.event);
    this.#bytes -= PLACE_BYTES * held.holders.size;
    this.#forget(held.event);
  }

  /** A coverage is held no longer. */
  release(holder: Coverage): void {
    for (const event of holder.events) {
      const holders = this.#byId.get(event.id)?.holders;
      if (holders?.delete(holder) !== true) continue;
      this.#bytes -= PLACE_BYTES;
      if (holders.size === 0) this.#forget(event);
    }
  }

  /** Takes out what a deletion request names and may delete (NIP-09). */
  obey(request: StoredEvent): void {
    for (const [name, value] of request.tags) {
      const named =
        name === 'e' ? this.get(value) : name === 'a' ? this.#ownVersion(request, value) : undefined;
      if (named !== undefined && isDeletableBy(named, request.pubkey)) this.remove(named);
    }
  }

  /** Takes out older versions of an event. @returns whether a newer one is held */
  replace(event: StoredEvent): boolean {
    const version = event.address === null ? undefined : this.version(event.address);
    if (version === undefined || version.id === event.id) return false;
    if (compareNewestFirst(version, event) < 0) return true;
    this.remove(version);
    return false;
  }

  /** Those who hold an event that is meant. */
  holdersOf(isMeant: (event: StoredEvent) => boolean): Set<Coverage> {
    const found = new Set<Coverage>();
    for (const { event, holders } of this.#byId.values()) {
      if (isMeant(event)) for (const holder of holders) found.add(holder);
    }
    return found;
  }

  #ownVersion(request: StoredEvent, address: string): StoredEvent | undefined {
    const version = isOwnAddress(address, request.pubkey) ? this.version(address) : undefined;
    return version !== undefined && version.created_at <= request.created_at ? version : undefined;
  }

  #insert(event: StoredEvent): Held {
    const held: Held = { event, holders: new Set() };
    this.#byId.set(event.id, held);
    if (event.address !== null) this.#byAddress.set(event.address, event);
    this.#bytes += memoryBytes(event);
    return held;
  }

  #forget(event: StoredEvent): void {
    this.#byId.delete(event.id);
    if (event.address !== null && this.#byAddress.get(event.address)?.id === event.id) {
      this.#byAddress.delete(event.address);
    }
    this.#bytes -= memoryBytes(event);
  }
}
