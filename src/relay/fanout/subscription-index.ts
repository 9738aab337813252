import { type Filter, FilterMatcher, tagConditions } from '../../nostr/filter.ts';
import { relevance, searchWords } from '../../nostr/nip50.ts';
import { contentOf, type StoredEvent } from '../store/stored-event.ts';

/** What can be listed: something with filters that wants to know of the events that match. */
export interface Listed {
  readonly filters: readonly Filter[];
  /** Number of the event that it was last told of; the index uses it to tell of each event once. */
  lastDelivery: number;
}

/** One filter of one subscription, prepared for matching. */
interface LiveFilter<S extends Listed> {
  readonly subscription: S;
  readonly matcher: FilterMatcher;
  /** Words that the content must have (NIP-50); null without a search. */
  readonly words: readonly string[] | null;
}

function isFound(event: StoredEvent, words: readonly string[] | null): boolean {
  return words === null || relevance(contentOf(event), words) > 0;
}

type Bucket<S extends Listed> = Set<LiveFilter<S>>;

/** Live filters by a value that an event must have to match them. */
class Buckets<K, S extends Listed> {
  readonly #buckets = new Map<K, Bucket<S>>();

  get(key: K): Bucket<S> | undefined {
    return this.#buckets.get(key);
  }

  add(key: K, filter: LiveFilter<S>): () => void {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = new Set();
      this.#buckets.set(key, bucket);
    }
    bucket.add(filter);
    return () => this.#remove(key, filter);
  }

  #remove(key: K, filter: LiveFilter<S>): void {
    const bucket = this.#buckets.get(key);
    bucket?.delete(filter);
    if (bucket?.size === 0) this.#buckets.delete(key);
  }
}

/**
 * Finds the subscriptions that an event matches. Every filter is listed under one of its conditions, the
 * most selective by experience: id, author, tag, kind. The cost of an event so grows with the subscriptions
 * that share such a value with it, not with all subscriptions.
 */
export class SubscriptionIndex<S extends Listed> {
  readonly #byId = new Buckets<string, S>();
  readonly #byAuthor = new Buckets<string, S>();
  readonly #byTag = new Buckets<string, S>();
  readonly #byKind = new Buckets<number, S>();
  readonly #others = new Buckets<null, S>();
  readonly #removals = new Map<S, readonly (() => void)[]>();
  #sequence = 0;

  /** Number of subscriptions. */
  get size(): number {
    return this.#removals.size;
  }

  add(subscription: S): void {
    const removals = subscription.filters.flatMap((filter) => this.#addFilter(subscription, filter));
    this.#removals.set(subscription, removals);
  }

  /** Forgets a subscription; one that is not listed is ignored. */
  remove(subscription: S): void {
    for (const removal of this.#removals.get(subscription) ?? []) removal();
    this.#removals.delete(subscription);
  }

  /** Calls `visit` once for each subscription of which a filter matches. */
  forEachMatch(event: StoredEvent, visit: (subscription: S) => void): void {
    this.#sequence++;
    this.#visitBucket(this.#byId.get(event.id), event, visit);
    this.#visitBucket(this.#byAuthor.get(event.pubkey), event, visit);
    for (const [name, value] of event.tags) this.#visitBucket(this.#byTag.get(name + value), event, visit);
    this.#visitBucket(this.#byKind.get(event.kind), event, visit);
    this.#visitBucket(this.#others.get(null), event, visit);
  }

  #visitBucket(bucket: Bucket<S> | undefined, event: StoredEvent, visit: (match: S) => void): void {
    if (bucket === undefined) return;
    for (const { subscription, matcher, words } of bucket) {
      if (subscription.lastDelivery === this.#sequence || !matcher.matches(event)) continue;
      if (!isFound(event, words)) continue;
      subscription.lastDelivery = this.#sequence;
      visit(subscription);
    }
  }

  #addFilter(subscription: S, filter: Filter): (() => void)[] {
    const { ids, authors, kinds, search } = filter;
    const words = search === undefined ? null : searchWords(search);
    const live: LiveFilter<S> = { subscription, matcher: new FilterMatcher(filter), words };
    if (ids !== undefined) return ids.map((id) => this.#byId.add(id, live));
    if (authors !== undefined) return authors.map((author) => this.#byAuthor.add(author, live));
    const [tag] = tagConditions(filter);
    // A tag name is one letter, so that name and value joined are unambiguous.
    if (tag !== undefined) return tag.values.map((value) => this.#byTag.add(tag.name + value, live));
    if (kinds !== undefined) return kinds.map((kind) => this.#byKind.add(kind, live));
    return [this.#others.add(null, live)];
  }
}
