import { LRUCache } from 'lru-cache';
import type { Filter } from '../../nostr/filter.ts';
import { compareNewestFirst, DELETION_KIND, type Ordered, VANISH_KIND } from '../../nostr/kinds.ts';
import { GIFT_WRAP_KIND, isReadableBy } from '../../nostr/nip59.ts';
import { mergePages } from '../store/merge-pages.ts';
import type {
  AddOutcome,
  AnswerPage,
  EventStore,
  LimitedFilter,
  Reader,
  StoreUsage,
} from '../store/store.ts';
import type { RemovedEvent, StoredEvent } from '../store/stored-event.ts';
import { widestFilters } from '../store/widest-filters.ts';
import type { Work } from '../work/work.ts';
import { AnswerCache } from './answer-cache.ts';
import { BegunAnswer } from './begun-answer.ts';
import { addressKey, cacheKey, idKey, keyedFilter } from './cache-key.ts';
import { CacheStats } from './cache-stats.ts';
import { EventCache } from './event-cache.ts';
import type { SecondLayer } from './second-layer.ts';

/** What a cached store is made of. */
export interface CachedStoreOptions {
  readonly store: EventStore;
  readonly secondLayer: SecondLayer | null;
  readonly nowSeconds: () => number;
  /** Whether this process is told at once of what others remove; where it may not be, nothing that is kept is used. */
  readonly isTold?: () => boolean;
}

/** An answer with more bytes than this, of all filters of a request together, is not kept, but read page by page. */
const WHOLE_BYTES_MAX = 2 * 2 ** 20;

/** For whom a filter is answered. */
interface Asked {
  readonly reader: Reader | undefined;
  readonly work: Work | undefined;
  /** See {@link BegunAnswer.begin}. */
  readonly wholeBytesMax: number;
}

/** Keys that have asked to vanish are remembered for longer than the second layer keeps anything. */
const VANISHED_MAX = 1_000;
const VANISHED_MS = 15 * 60_000;

/**
 * A store behind two layers of cache. Filters by id and by address are put together from single events, other filters
 * are answered whole once they have been asked twice. Counts, lists and searches go to the store.
 */
export class CachedStore implements EventStore {
  readonly #options: CachedStoreOptions;
  readonly #events: EventCache;
  readonly #answers: AnswerCache;
  readonly stats = new CacheStats();
  /** Keys that have asked to vanish, and up to when (Unix seconds). */
  readonly #vanished = new LRUCache<string, number>({ max: VANISHED_MAX, ttl: VANISHED_MS });
  /** False while the process may miss what others store: then nothing that is kept is used. */
  #isTrusted = true;
  #epoch: string | null = null;

  constructor(options: CachedStoreOptions) {
    this.#options = options;
    this.#events = new EventCache({
      secondLayer: options.secondLayer,
      stats: this.stats,
      isGone: ({ pubkey, created_at }) =>
        created_at <= (this.#vanished.get(pubkey) ?? Number.NEGATIVE_INFINITY),
    });
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

  async query(
    filters: readonly LimitedFilter[],
    reader?: Reader,
    work?: Work,
  ): Promise<readonly StoredEvent[]> {
    const events: StoredEvent[] = [];
    for await (const page of this.pages(filters, reader, work)) events.push(...page.events);
    return events;
  }

  async *pages(asked: readonly LimitedFilter[], reader?: Reader, work?: Work): AsyncGenerator<AnswerPage> {
    const filters = widestFilters(asked);
    const isSearch = filters.some(({ search }) => search !== undefined);
    if (isSearch || !this.#isBelieved) yield* this.#options.store.pages(filters, reader, work);
    else {
      const wholeBytesMax = WHOLE_BYTES_MAX / Math.max(1, filters.length);
      const asked: Asked = { reader, work, wholeBytesMax };
      yield* mergePages(filters.map((filter) => this.#pagesOf(filter, asked)));
    }
  }

  count(filters: readonly Filter[], reader?: Reader, work?: Work): Promise<number> {
    return this.#options.store.count(filters, reader, work);
  }

  list(filter: Filter, max: number, reader?: Reader, work?: Work): Promise<readonly Ordered[] | null> {
    return this.#options.store.list(filter, max, reader, work);
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

  /**
   * An event was stored, here or by another relay; resolves when nobody reads what it has replaced. What it removes is
   * forgotten too: whoever has removed it tells that as well, but may have died before.
   */
  async onStored(event: StoredEvent): Promise<void> {
    this.#answers.onStored(event);
    if (event.kind === VANISH_KIND) this.#onVanished(event);
    const gone = event.kind === DELETION_KIND ? this.#onDeletion(event) : [];
    // Of an id nothing is kept before its event is there, and afterwards nothing that could change.
    if (event.address !== null) gone.push(cacheKey(event));
    else this.#events.onStored(cacheKey(event), event);
    if (gone.length > 0) await this.#events.forget(gone);
  }

  /** Events were removed, here or by another relay; resolves when nobody reads them any more. */
  async onRemoved(removed: readonly RemovedEvent[]): Promise<void> {
    this.#answers.onRemoved(removed.map(({ id }) => id));
    await this.#events.forget(removed.map(cacheKey));
  }

  /** The epoch of the caches is told again and again: in another one nothing is believed that was kept before. */
  onEpoch(epoch: string): void {
    if (epoch === this.#epoch) return;
    this.#options.secondLayer?.beginEpoch(epoch);
    if (this.#epoch !== null) this.#clear();
    this.#epoch = epoch;
  }

  /** The process may miss what others store, until {@link trust}. */
  distrust(): void {
    this.#isTrusted = false;
  }

  /** The process learns again of what others store; what it has kept may be old. */
  trust(): void {
    this.#clear();
    this.#isTrusted = true;
  }

  get #isBelieved(): boolean {
    return this.#isTrusted && (this.#options.isTold?.() ?? true);
  }

  #clear(): void {
    this.#events.clear();
    this.#answers.clear();
  }

  /** Which of its events were kept nobody knows. */
  #onVanished({ pubkey, created_at }: StoredEvent): void {
    this.#vanished.set(pubkey, Math.max(created_at, this.#vanished.get(pubkey) ?? 0));
    this.#clear();
  }

  /** @returns the keys of what a deletion request names */
  #onDeletion({ tags }: StoredEvent): string[] {
    const named = (name: string): string[] =>
      tags.filter((tag) => tag[0] === name).map(([, value = '']) => value);
    const [ids, addresses] = [named('e'), named('a')];
    this.#answers.onRemoved(ids);
    // Which events these are is not known; some answer may hold one.
    if (addresses.length > 0) this.#answers.clear();
    return [...ids.map(idKey), ...addresses.map(addressKey)];
  }

  /** What is found, but for what has expired while it was kept: the store leaves out the rest. */
  async *#pagesOf(filter: LimitedFilter, asked: Asked): AsyncGenerator<AnswerPage> {
    const now = this.#options.nowSeconds();
    for await (const { events, heldBytes } of this.#find(filter, asked)) {
      const isFresh = events.every(({ expiresAt }) => expiresAt > now);
      yield { events: isFresh ? events : events.filter(({ expiresAt }) => expiresAt > now), heldBytes };
    }
  }

  async *#find(filter: LimitedFilter, asked: Asked): AsyncGenerator<AnswerPage> {
    const { reader, work } = asked;
    const keyed = keyedFilter(filter);
    if (keyed !== null) {
      const events = await this.#events.get(keyed.keys, (keys) => this.#fetch(keyed.filterFor(keys)));
      const readable = events.filter((event) => reader === undefined || isReadableBy(event, reader.pubkeys));
      yield sharedPage(readable.sort(compareNewestFirst));
      return;
    }
    const readerKey = readerKeyOf(filter, reader);
    if (readerKey === null) yield* this.#options.store.pages([filter], reader, work);
    else yield* this.#findWhole(filter, readerKey, asked);
  }

  /** An answer that is kept whole, where it is small; a large one comes from the store page by page. */
  async *#findWhole(
    filter: LimitedFilter,
    readerKey: string,
    { reader, work, wholeBytesMax }: Asked,
  ): AsyncGenerator<AnswerPage> {
    const ask = (): AsyncIterable<AnswerPage> => this.#options.store.pages([filter], reader, work);
    let begun: BegunAnswer | null = null;
    const fetch = async (): Promise<readonly StoredEvent[] | null> => {
      begun = await BegunAnswer.begin(ask(), wholeBytesMax);
      return begun.wholeEvents;
    };
    const events = await this.#answers.get(filter, readerKey, fetch);
    if (events !== null) yield sharedPage(events);
    else yield* (begun as BegunAnswer | null)?.pages() ?? ask();
  }

  async #fetch(filter: LimitedFilter): Promise<ReadonlyMap<string, StoredEvent>> {
    const events = await this.#options.store.query([filter]);
    // A filter by id also finds replaceable events, whose key is their address: they are not kept by id.
    const keyOf = filter.ids === undefined ? cacheKey : ({ id }: StoredEvent) => idKey(id);
    return new Map(events.map((event) => [keyOf(event), event]));
  }
}

/** What the place of an event in an answer takes. */
const PLACE_BYTES = 16;

/** Events that the cache holds anyway. */
function sharedPage(events: readonly StoredEvent[]): AnswerPage {
  return { events, heldBytes: events.length * PLACE_BYTES };
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
