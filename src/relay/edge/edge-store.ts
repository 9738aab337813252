import { type Filter, FilterMatcher } from '../../nostr/filter.ts';
import { compareNewestFirst, type Ordered } from '../../nostr/kinds.ts';
import { isGiftWrapKind, isReadableBy } from '../../nostr/nip59.ts';
import { mergeAnswers } from '../store/merge-answers.ts';
import type {
  AddOutcome,
  AnswerPage,
  EventStore,
  LimitedFilter,
  Reader,
  StoreUsage,
} from '../store/store.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import { StoreUnavailableError } from '../store/unavailable.ts';
import { widestFilters } from '../store/widest-filters.ts';
import { runFor, type Work } from '../work/work.ts';
import type { CoverageTable } from './coverage-table.ts';
import type { EdgeStats } from './edge-stats.ts';
import { unanswered } from './failures.ts';
import type { Origin } from './origin.ts';
import { PullThrough } from './pull-through.ts';

/** What the store of an edge is made of. */
export interface EdgeStoreOptions {
  readonly origin: Pick<Origin, 'ask' | 'count' | 'isLive' | 'ageMs' | 'maxLimit'>;
  readonly table: CoverageTable;
  readonly stats: EdgeStats;
  readonly nowSeconds: () => number;
  /** What is held is served while it is known to be no older than this, in milliseconds. */
  readonly staleMaxMs: number;
  /** Estimated bytes that may be held. */
  readonly limitBytes: number;
}

/** What the place of an event in an answer takes. */
const PLACE_BYTES = 16;

/**
 * The store of an edge: answers from what it holds where that is the whole answer, and otherwise asks its origin. Counts and
 * searches go to the origin. It keeps nothing by itself: events are handed to the origin, which tells of them.
 */
export class EdgeStore implements EventStore {
  readonly #options: EdgeStoreOptions;
  readonly #pulls: PullThrough;

  constructor(options: EdgeStoreOptions) {
    this.#options = options;
    this.#pulls = new PullThrough(options);
  }

  /** The origin decides. */
  knows(): boolean {
    return false;
  }

  add(): Promise<AddOutcome> {
    return Promise.reject(new StoreUnavailableError('an edge keeps no events of its own'));
  }

  vanish(): Promise<void> {
    return Promise.reject(new StoreUnavailableError('an edge keeps no events of its own'));
  }

  async query(
    asked: readonly LimitedFilter[],
    reader?: Reader,
    work?: Work,
  ): Promise<readonly StoredEvent[]> {
    const filters = widestFilters(asked);
    if (filters.some(({ kinds }) => kinds?.some(isGiftWrapKind) === true)) throw giftWraps();
    const answers = await Promise.all(filters.map((filter) => this.#answer(filter)));
    const readable =
      reader === undefined
        ? answers
        : answers.map((events) => events.filter((event) => isReadableBy(event, reader.pubkeys)));
    const isRanked = filters.some(({ search }) => search !== undefined);
    return await runFor(work, mergeAnswers(readable, isRanked));
  }

  async *pages(filters: readonly LimitedFilter[], reader?: Reader, work?: Work): AsyncGenerator<AnswerPage> {
    const events = await this.query(filters, reader, work);
    yield { events, heldBytes: events.length * PLACE_BYTES };
  }

  async count(filters: readonly Filter[]): Promise<number> {
    if (filters.some(({ kinds }) => kinds?.some(isGiftWrapKind) === true)) throw giftWraps();
    return await this.#options.origin.count(filters);
  }

  list(): Promise<readonly Ordered[] | null> {
    return Promise.reject(new StoreUnavailableError('an edge does not reconcile, ask its origin'));
  }

  usage(): StoreUsage {
    const { table, limitBytes } = this.#options;
    return { events: table.size, bytes: table.bytes, limitBytes };
  }

  /** Whether it can answer from what it holds. */
  isReady(): boolean {
    const { origin, staleMaxMs } = this.#options;
    return origin.ageMs <= staleMaxMs;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #answer(asked: LimitedFilter): Promise<readonly StoredEvent[]> {
    if (asked.limit === 0 || hasEmptyList(asked)) return [];
    const filter = { ...asked, limit: Math.min(asked.limit, this.#options.origin.maxLimit) };
    if (filter.search !== undefined) return await this.#pass(filter);
    if (filter.ids !== undefined) return await this.#byIds(filter, filter.ids);
    const { table, nowSeconds } = this.#options;
    const held = this.isReady() ? table.find(filter, nowSeconds()) : null;
    if (held !== null) {
      this.#hit();
      return held;
    }
    this.#options.stats.misses++;
    return this.#unexpired(await this.#pulls.get(filter));
  }

  /** Ids that are not held are asked for; what else the filter asks for is looked at here. */
  async #byIds(filter: LimitedFilter, ids: readonly string[]): Promise<readonly StoredEvent[]> {
    const { table, origin, stats } = this.#options;
    const wanted = [...new Set(ids)];
    if (wanted.length > origin.maxLimit) return await this.#pass(filter);
    const missing = this.isReady() ? wanted.filter((id) => table.event(id) === undefined) : wanted;
    let pulled: readonly StoredEvent[] = [];
    if (missing.length === 0) this.#hit();
    else {
      stats.misses++;
      pulled = await this.#pulls.get({ ids: missing, limit: missing.length });
    }
    const isMissing = new Set(missing);
    const held = wanted.filter((id) => !isMissing.has(id)).flatMap((id) => table.event(id) ?? []);
    // What was held before the origin was asked may have gone, and be there all the same: then one answer has to tell of all of them.
    const isWhole = held.length + missing.length === wanted.length;
    const found = isWhole
      ? [...held, ...pulled]
      : await this.#pulls.get({ ids: wanted, limit: wanted.length });
    const matcher = new FilterMatcher(filter);
    return this.#unexpired(found)
      .filter((event) => matcher.matches(event))
      .sort(compareNewestFirst)
      .slice(0, filter.limit);
  }

  /** Answers by the origin alone. */
  async #pass(filter: LimitedFilter): Promise<readonly StoredEvent[]> {
    this.#options.stats.misses++;
    return await this.#options.origin.ask(filter).catch(unanswered);
  }

  #hit(): void {
    const { stats, origin } = this.#options;
    stats.hits++;
    if (!origin.isLive) stats.stale++;
  }

  #unexpired(events: readonly StoredEvent[]): readonly StoredEvent[] {
    const now = this.#options.nowSeconds();
    return events.every(({ expiresAt }) => expiresAt > now)
      ? events
      : events.filter(({ expiresAt }) => expiresAt > now);
  }
}

/** A list without values matches nothing. */
function hasEmptyList(filter: Filter): boolean {
  return Object.values(filter).some((field) => Array.isArray(field) && field.length === 0);
}

function giftWraps(): StoreUnavailableError {
  return new StoreUnavailableError('gift wraps are served by the origin of this edge only');
}
