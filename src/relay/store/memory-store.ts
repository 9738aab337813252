import type { Filter } from '../../nostr/filter.ts';
import { compareNewestFirst, DELETION_KIND, type Ordered, VANISH_KIND } from '../../nostr/kinds.ts';
import { GIFT_WRAP_KIND } from '../../nostr/nip59.ts';
import { runFor, type Work } from '../work/work.ts';
import { EventIndexes } from './event-indexes.ts';
import { Heap } from './heap.ts';
import { memoryBytes, TOMBSTONE_BYTES } from './memory-cost.ts';
import { MemoryReads } from './memory-reads.ts';
import { mergeNewestFirst } from './merge.ts';
import type { PostingList } from './posting-list.ts';
import type { AddOutcome, AnswerPage, EventStore, LimitedFilter, Reader, StoreUsage } from './store.ts';
import type { StoredEvent } from './stored-event.ts';
import { isDeletableBy, isOwnAddress, Tombstones } from './tombstones.ts';

/** What a memory store is given. */
export interface MemoryStoreOptions {
  /** Estimated bytes at which the store answers `full`. */
  readonly limitBytes: number;
  /** Current Unix time in seconds; tests pass their own. */
  readonly nowSeconds: () => number;
}

/** What the place of an event in an answer takes. */
const PLACE_BYTES = 16;

/**
 * Keeps events in memory, indexed for every filter; nothing survives the process. A full store refuses new
 * events and never evicts: an acknowledged event stays. Versions that replace others and deletions are
 * accepted as long as they need no more than they free.
 */
export class MemoryStore implements EventStore {
  readonly #options: MemoryStoreOptions;
  readonly #byId = new Map<string, StoredEvent>();
  readonly #byAddress = new Map<string, StoredEvent>();
  readonly #indexes = new EventIndexes();
  readonly #tombstones = new Tombstones();
  readonly #expiring = new Heap<StoredEvent>((a, b) => a.expiresAt - b.expiresAt);
  readonly #reads: MemoryReads;
  #eventBytes = 0;

  constructor(options: MemoryStoreOptions) {
    this.#options = options;
    const { nowSeconds } = options;
    this.#reads = new MemoryReads({ byId: this.#byId, indexes: this.#indexes, nowSeconds });
  }

  knows(id: string): boolean {
    return this.#byId.has(id);
  }

  add(event: StoredEvent): Promise<AddOutcome> {
    this.#dropExpired();
    return Promise.resolve(this.#add(event));
  }

  query(filters: readonly LimitedFilter[], reader?: Reader, work?: Work): Promise<readonly StoredEvent[]> {
    return runFor(work, this.#reads.query(filters, reader));
  }

  /** One page: the events are in memory already, an answer only names them. */
  async *pages(filters: readonly LimitedFilter[], reader?: Reader, work?: Work): AsyncGenerator<AnswerPage> {
    const events = await this.query(filters, reader, work);
    yield { events, heldBytes: events.length * PLACE_BYTES };
  }

  count(filters: readonly Filter[], reader?: Reader, work?: Work): Promise<number> {
    return runFor(work, this.#reads.count(filters, reader));
  }

  list(filter: Filter, max: number, reader?: Reader, work?: Work): Promise<readonly Ordered[] | null> {
    return runFor(work, this.#reads.list(filter, max, reader));
  }

  vanish(pubkey: string, untilSeconds: number): Promise<void> {
    const own = [...(this.#indexes.byAuthorAndKind.get(pubkey)?.lists() ?? [])];
    const received = this.#indexes.byTag.get('p')?.get(pubkey);
    const victims = [
      ...this.#upTo(own, untilSeconds).filter(({ kind }) => kind !== VANISH_KIND),
      ...this.#upTo(received === undefined ? [] : [received], untilSeconds).filter(
        (event) => event.kind === GIFT_WRAP_KIND && event.pubkey !== pubkey,
      ),
    ];
    for (const victim of victims) this.#remove(victim);
    this.#tombstones.recordVanished(pubkey, untilSeconds);
    return Promise.resolve();
  }

  usage(): StoreUsage {
    return { events: this.#byId.size, bytes: this.#bytes(), limitBytes: this.#options.limitBytes };
  }

  isReady(): boolean {
    return true;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #bytes(): number {
    return this.#eventBytes + this.#tombstones.size * TOMBSTONE_BYTES;
  }

  #add(event: StoredEvent): AddOutcome {
    if (this.#byId.has(event.id)) return 'duplicate';
    if (this.#tombstones.forbid(event)) return 'deleted';
    const previous = event.address === null ? undefined : this.#byAddress.get(event.address);
    if (previous !== undefined && compareNewestFirst(previous, event) < 0) return 'superseded';
    const victims = event.kind === DELETION_KIND ? this.#victims(event) : [];
    if (previous !== undefined) victims.push(previous);
    if (!this.#fits(event, victims)) return 'full';
    for (const victim of victims) this.#remove(victim);
    if (event.kind === DELETION_KIND) this.#tombstones.record(event);
    this.#insert(event);
    return 'stored';
  }

  /** The stored events that a deletion request names and may delete (NIP-09). */
  #victims(request: StoredEvent): StoredEvent[] {
    const victims = new Set<StoredEvent>();
    for (const [name, value] of request.tags) {
      const victim =
        name === 'e' ? this.#byId.get(value) : name === 'a' ? this.#ownVersion(request, value) : undefined;
      if (victim !== undefined && isDeletableBy(victim, request.pubkey)) victims.add(victim);
    }
    return [...victims];
  }

  #ownVersion(request: StoredEvent, address: string): StoredEvent | undefined {
    const version = isOwnAddress(address, request.pubkey) ? this.#byAddress.get(address) : undefined;
    return version !== undefined && version.created_at <= request.created_at ? version : undefined;
  }

  #fits(event: StoredEvent, victims: readonly StoredEvent[]): boolean {
    let bytes = this.#bytes() + memoryBytes(event);
    for (const victim of victims) bytes -= memoryBytes(victim);
    return bytes <= this.#options.limitBytes;
  }

  #insert(event: StoredEvent): void {
    this.#byId.set(event.id, event);
    if (event.address !== null) this.#byAddress.set(event.address, event);
    this.#indexes.add(event);
    if (event.expiresAt !== Number.POSITIVE_INFINITY) this.#expiring.push(event);
    this.#eventBytes += memoryBytes(event);
  }

  #remove(event: StoredEvent): void {
    this.#byId.delete(event.id);
    if (event.address !== null) this.#byAddress.delete(event.address);
    this.#indexes.remove(event);
    this.#eventBytes -= memoryBytes(event);
  }

  /** Removes what has expired (NIP-40); queries leave it out even before. */
  #dropExpired(): void {
    const now = this.#options.nowSeconds();
    for (let event = this.#expiring.top(); event !== undefined && event.expiresAt <= now; ) {
      // It may be gone already: replaced or deleted.
      if (this.#byId.get(event.id) === event) this.#remove(event);
      this.#expiring.pop();
      event = this.#expiring.top();
    }
  }

  #upTo(lists: readonly PostingList[], until: number): StoredEvent[] {
    return [...mergeNewestFirst(lists, { since: Number.NEGATIVE_INFINITY, until })];
  }
}
