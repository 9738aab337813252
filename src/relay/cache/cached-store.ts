import type { Filter } from '../../nostr/filter.ts';
import { compareNewestFirst, type Ordered } from '../../nostr/kinds.ts';
import { GIFT_WRAP_KIND, isReadableBy } from '../../nostr/nip59.ts';
import { mergeAnswers } from '../store/merge-answers.ts';
import type { AddOutcome, EventStore, LimitedFilter, Reader, StoreUsage } from '../store/store.ts';
import type { RemovedEvent, StoredEvent } from '../store/stored-event.ts';
import { AnswerCache } from './answer-cache.ts';
import { cacheKey, idKey, keyedFilter } from './cache-key.ts';
import { CacheStats } from './cache-stats.ts';
import { EventCache } from './event-cache.ts';
import type { SecondLayer } from './second-layer.ts';

/** What a cached store is made of. */
export interface CachedStoreOptions {
  readonly store: EventStore;
  readonly secondLayer: SecondLayer | null;
  readonly nowSeconds: () => number;
}

/**
 * A store behind two layers of cache. Filters by id and by address are put together from single events, other filters
 * are answered whole once they have been asked twice. Counts, lists and searches go to the store.
 */
export class CachedStore implements EventStore {
  readonly #options: CachedStoreOptions;
  readonly #events: EventCache;
  readonly #answers: AnswerCache;
  readonly stats = new CacheStats();
  /** False while the process may miss what others store: then the first layer is not used. */
  #isTrusted = true;

  constructor(options: CachedStoreOptions) {
    this.#options = options;
    this.#events = new EventCache({ secondLayer: options.secondLayer, stats: this.stats });
    this.#answers = new AnswerCache(this.stats);
  }

  knows(id: string): boolean {
    return this.#options.store.knows(id);
  }

  async add(event: StoredEvent): Promise<AddOutcome> {
    const outcome = await this.#options.store.add(event);
    if (outcome === 'stored') await this.onStored(event);
    return outcome;
  }

  async query(filters: readonly LimitedFilter[], reader?: Reader): Promise<readonly StoredEvent[]> {
    const isSearch = filters.some(({ search }) => search !== undefined);
    if (isSearch || !this.#isTrusted) return await this.#options.store.query(filters, reader);
    const answers = await Promise.all(filters.map((filter) => this.#queryOne(filter, reader)));
    return mergeAnswers(answers, false);
  }

  count(filters: readonly Filter[], reader?: Reader): Promise<number> {
    return this.#options.store.count(filters, reader);
  }

  list(filter: Filter, max: number, reader?: Reader): Promise<readonly Ordered[] | null> {
    return this.#options.store.list(filter, max, reader);
  }

  vanish(pubkey: string, untilSeconds: number): Promise<void> {
    return this.#options.store.vanish(pubkey, untilSeconds);
  }

  usage(): StoreUsage {
    return this.#options.store.usage();
  }

  isReady(): boolean {
    return this.#options.store.isReady();
  }

  async close(): Promise<void> {
    await this.#options.store.close();
    await this.#options.secondLayer?.close();
  }

  /** An event was stored, here or by another relay; resolves when nobody reads what it has replaced. */
  async onStored(event: StoredEvent): Promise<void> {
    this.#answers.onStored(event);
    // Of an id nothing is kept before its event is there, and afterwards nothing that could change.
    if (event.address !== null) await this.#events.forget([cacheKey(event)]);
  }

  /** Events were removed, here or by another relay; resolves when nobody reads them any more. */
  async onRemoved(removed: readonly RemovedEvent[]): Promise<void> {
    this.#answers.onRemoved(removed.map(({ id }) => id));
    await this.#events.forget(removed.map(cacheKey));
  }

  /** The process may miss what others store, until {@link trust}. */
  distrust(): void {
    this.#isTrusted = false;
  }

  /** The process learns again of what others store; what it has kept may be old. */
  trust(): void {
    this.#events.clear();
    this.#answers.clear();
    this.#isTrusted = true;
  }

  async #queryOne(filter: LimitedFilter, reader?: Reader): Promise<readonly StoredEvent[]> {
    const now = this.#options.nowSeconds();
    const events = await this.#find(filter, reader);
    // What expires while it is kept is left out here; the store leaves out the rest.
    return events.every(({ expiresAt }) => expiresAt > now)
      ? events
      : events.filter(({ expiresAt }) => expiresAt > now);
  }

  async #find(filter: LimitedFilter, reader?: Reader): Promise<readonly StoredEvent[]> {
    const keyed = keyedFilter(filter);
    if (keyed !== null) {
      const events = await this.#events.get(keyed.keys, (keys) => this.#fetch(keyed.filterFor(keys)));
      const readable = events.filter((event) => reader === undefined || isReadableBy(event, reader.pubkeys));
      return readable.sort(compareNewestFirst);
    }
    const fetch = (): Promise<readonly StoredEvent[]> => this.#options.store.query([filter], reader);
    const readerKey = readerKeyOf(filter, reader);
    return await (readerKey === null ? fetch() : this.#answers.get(filter, readerKey, fetch));
  }

  async #fetch(filter: LimitedFilter): Promise<ReadonlyMap<string, StoredEvent>> {
    const events = await this.#options.store.query([filter]);
    // A filter by id also finds replaceable events, whose key is their address: they are not kept by id.
    const keyOf = filter.ids === undefined ? cacheKey : ({ id }: StoredEvent) => idKey(id);
    return new Map(events.map((event) => [keyOf(event), event]));
  }
}

/**
 * What tells apart those who may get different answers to a filter; null for an answer of one's own, which is not
 * kept.
 */
function readerKeyOf({ kinds }: LimitedFilter, reader: Reader | undefined): string | null {
  const mayHoldGiftWraps = kinds === undefined || kinds.includes(GIFT_WRAP_KIND);
  if (!mayHoldGiftWraps) return '';
  return reader !== undefined && reader.pubkeys.length === 0 ? 'anonymous ' : null;
}
