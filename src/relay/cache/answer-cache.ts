import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Filter } from '../../nostr/filter.ts';
import { type Listed, SubscriptionIndex } from '../fanout/subscription-index.ts';
import { filterBytes } from '../limits/filter-memory.ts';
import type { LimitedFilter } from '../store/store.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import { CancelledError } from '../work/lane.ts';
import { isCacheable } from './cache-key.ts';
import type { CacheStats } from './cache-stats.ts';

/** Answers that are kept, and the characters of all their events and bytes of their filters together. */
const ANSWERS_MAX = 1_000;
const CHARACTERS_MAX = 64 * 2 ** 20;
const KEEP_MS = 60_000;
/** Filters that are remembered as asked once. */
const ASKED_MAX = 10_000;

function noneWhereCancelled(error: unknown): null {
  if (error instanceof CancelledError) return null;
  throw error;
}

/** The answer to a filter, from the moment when it is asked for. */
class Answer implements Listed {
  lastDelivery = 0;
  /** Estimated bytes of its filter. */
  readonly filterBytes: number;
  /** Null where they are too many to keep. */
  readonly events: Promise<readonly StoredEvent[] | null>;
  /** Ids of the events; null until they are known. */
  ids: ReadonlySet<string> | null = null;

  constructor(filter: Filter, events: Answer['events']) {
    this.filterBytes = filterBytes([filter]);
    this.events = events;
  }
}

/**
 * Answers to whole filters that are asked again and again. An answer is dropped as soon as an event is stored that
 * matches its filter, or one of its events is removed, also while it is still being read. Kept in this process only:
 * another one could not drop it.
 */
export class AnswerCache {
  readonly #stats: CacheStats;
  readonly #index = new SubscriptionIndex<Answer>();
  readonly #asked = new LRUCache<string, true>({ max: ASKED_MAX, ttl: KEEP_MS });
  readonly #answers = new LRUCache<string, Answer>({
    max: ANSWERS_MAX,
    maxSize: CHARACTERS_MAX,
    ttl: KEEP_MS,
    dispose: (answer) => this.#index.remove(answer),
  });

  constructor(stats: CacheStats) {
    this.#stats = stats;
  }

  /**
   * The answer to a filter; kept from the second time it is asked. Null where it is too large to be kept, or whoever has
   * asked for it first does not wait for it any more: it has to be asked for.
   * @param readerKey tells apart readers who may see different events
   */
  get(filter: LimitedFilter, readerKey: string, fetch: () => Answer['events']): Answer['events'] {
    const key = hash('sha1', `${readerKey}${JSON.stringify(filter)}`);
    const known = this.#answers.get(key);
    if (known !== undefined) {
      this.#stats.layers.l1.hits++;
      return known.events.catch(noneWhereCancelled);
    }
    this.#stats.layers.l1.misses++;
    if (!this.#asked.has(key)) {
      this.#asked.set(key, true);
      return fetch();
    }
    return this.#ask(key, filter, fetch);
  }

  /** An event was stored: what it belongs into is no longer true. */
  onStored(event: StoredEvent): void {
    const dropped: Answer[] = [];
    this.#index.forEachMatch(event, (answer) => dropped.push(answer));
    this.#drop((answer) => dropped.includes(answer), dropped.length);
  }

  /** Events were removed: what they were in is no longer true. Answers that are being read may hold them. */
  onRemoved(ids: readonly string[]): void {
    this.#drop(({ ids: held }) => held === null || ids.some((id) => held.has(id)), ids.length);
  }

  clear(): void {
    this.#answers.clear();
  }

  #ask(key: string, filter: LimitedFilter, fetch: () => Answer['events']): Answer['events'] {
    const { limit: _limit, ...conditions } = filter;
    const events = fetch();
    const answer = new Answer(conditions, events);
    this.#index.add(answer, [conditions]);
    this.#answers.set(key, answer, { size: answer.filterBytes });
    events.then(
      (known) => this.#settle(key, answer, known),
      () => this.#dropOne(key, answer),
    );
    return events;
  }

  #settle(key: string, answer: Answer, events: readonly StoredEvent[] | null): void {
    if (this.#answers.peek(key) !== answer) return;
    if (events?.every(isCacheable) !== true) {
      this.#dropOne(key, answer);
      return;
    }
    answer.ids = new Set(events.map(({ id }) => id));
    const size = events.reduce((characters, { json }) => characters + json.length, answer.filterBytes);
    this.#answers.set(key, answer, { size });
  }

  #dropOne(key: string, answer: Answer): void {
    if (this.#answers.peek(key) === answer) this.#answers.delete(key);
  }

  #drop(isDropped: (answer: Answer) => boolean, count: number): void {
    if (count === 0) return;
    for (const [key, answer] of [...this.#answers.entries()])
      if (isDropped(answer)) this.#answers.delete(key);
  }
}
