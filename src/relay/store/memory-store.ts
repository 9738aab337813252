import { type Filter, FilterMatcher } from '../../nostr/filter.ts';
import { compareNewestFirst, DELETION_KIND, type Ordered, VANISH_KIND } from '../../nostr/kinds.ts';
import { GIFT_WRAP_KIND, isReadableBy } from '../../nostr/nip59.ts';
import { chooseCandidates } from './candidates.ts';
import { EventIndexes } from './event-indexes.ts';
import { Heap } from './heap.ts';
import { memoryBytes, TOMBSTONE_BYTES } from './memory-cost.ts';
import { mergeNewestFirst } from './merge.ts';
import type { PostingList } from './posting-list.ts';
import { SEARCH_CANDIDATES_MAX, searchAmong } from './search.ts';
import type { AddOutcome, EventStore, LimitedFilter, Reader, StoreUsage } from './store.ts';
import type { StoredEvent } from './stored-event.ts';
import { isDeletableBy, isOwnAddress, Tombstones } from './tombstones.ts';

/** What a memory store is given. */
export interface MemoryStoreOptions {
  /** Estimated bytes at which the store answers `full`. */
  readonly limitBytes: number;
  /** Current Unix time in seconds; tests pass their own. */
  readonly nowSeconds: () => number;
}

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
  #eventBytes = 0;

  constructor(options: MemoryStoreOptions) {
    this.#options = options;
  }

  knows(id: string): boolean {
    return this.#byId.has(id);
  }

  add(event: StoredEvent): Promise<AddOutcome> {
    this.#dropExpired();
    return Promise.resolve(this.#add(event));
  }

  query(filters: readonly LimitedFilter[], reader?: Reader): Promise<readonly StoredEvent[]> {
    if (filters.some(({ search }) => search !== undefined)) return this.#searchAll(filters, reader);
    const [first] = filters;
    if (filters.length === 1 && first !== undefined) return Promise.resolve(this.#queryOne(first, reader));
    const events = new Set(filters.flatMap((filter) => this.#queryOne(filter, reader)));
    return Promise.resolve([...events].sort(compareNewestFirst));
  }

  async count(filters: readonly Filter[], reader?: Reader): Promise<number> {
    const [first] = filters;
    const counted = new Set<StoredEvent>();
    let count = 0;
    for (const filter of filters) {
      const { search } = filter;
      const matches = this.#matches(filter, reader);
      for (const event of search === undefined ? matches : await this.#search(matches, search)) {
        if (filters.length > 1) counted.add(event);
        else count++;
      }
    }
    return first === undefined || filters.length > 1 ? counted.size : count;
  }

  list(filter: Filter, max: number, reader?: Reader): Promise<readonly Ordered[] | null> {
    const limit = Math.min(filter.limit ?? Number.POSITIVE_INFINITY, max + 1);
    const events = this.#queryOne({ ...filter, limit }, reader);
    return Promise.resolve(events.length > max ? null : events);
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

  #queryOne(filter: LimitedFilter, reader?: Reader): StoredEvent[] {
    const events: StoredEvent[] = [];
    if (filter.limit === 0) return events;
    for (const event of this.#matches(filter, reader)) {
      events.push(event);
      if (events.length >= filter.limit) break;
    }
    return events;
  }

  async #searchAll(filters: readonly LimitedFilter[], reader?: Reader): Promise<StoredEvent[]> {
    const events = new Set<StoredEvent>();
    for (const filter of filters) {
      const { search, limit } = filter;
      const found =
        search === undefined
          ? this.#queryOne(filter, reader)
          : (await this.#search(this.#matches(filter, reader), search)).slice(0, limit);
      for (const event of found) events.add(event);
    }
    return [...events];
  }

  /** The matches that a search finds. They are collected first: the lists may change while they are read. */
  async #search(matches: Iterable<StoredEvent>, search: string): Promise<StoredEvent[]> {
    const candidates: StoredEvent[] = [];
    for (const event of matches) {
      candidates.push(event);
      if (candidates.length >= SEARCH_CANDIDATES_MAX) break;
    }
    const found = await searchAmong(candidates, search);
    return found.filter(({ id }) => this.#byId.has(id));
  }

  #upTo(lists: readonly PostingList[], until: number): StoredEvent[] {
    return [...mergeNewestFirst(lists, { since: Number.NEGATIVE_INFINITY, until })];
  }

  /** All events that match what a filter asks for besides its search, newest first. */
  #matches(filter: Filter, reader?: Reader): Iterable<StoredEvent> {
    if (filter.ids !== undefined) return this.#matchesAmong(filter.ids, filter, reader);
    const { lists, rest } = chooseCandidates(this.#indexes, filter);
    const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY, ...others } = rest;
    return this.#select(mergeNewestFirst(lists, { since, until }), others, reader);
  }

  #matchesAmong(ids: readonly string[], filter: Filter, reader?: Reader): Iterable<StoredEvent> {
    const events = [...new Set(ids)].map((id) => this.#byId.get(id));
    const sorted = events.filter((event) => event !== undefined).sort(compareNewestFirst);
    return this.#select(sorted, filter, reader);
  }

  *#select(events: Iterable<StoredEvent>, filter: Filter, reader?: Reader): Generator<StoredEvent> {
    const now = this.#options.nowSeconds();
    const matcher = new FilterMatcher(filter);
    for (const event of events) {
      if (event.expiresAt <= now || !matcher.matches(event)) continue;
      if (reader === undefined || isReadableBy(event, reader.pubkeys)) yield event;
    }
  }
}
