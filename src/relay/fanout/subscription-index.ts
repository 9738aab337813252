import { type Filter, FilterMatcher, tagConditions } from '../../nostr/filter.ts';
import { relevance, searchWords } from '../../nostr/nip50.ts';
import { contentOf, type StoredEvent } from '../store/stored-event.ts';
import type { Subscription } from './subscription.ts';

/** One filter of one subscription, prepared for matching. */
interface LiveFilter {
  readonly subscription: Subscription;
  readonly matcher: FilterMatcher;
  /** Words that the content must have (NIP-50); null without a search. */
  readonly words: readonly string[] | null;
}

function isFound(event: StoredEvent, words: readonly string[] | null): boolean {
  return words === null || relevance(contentOf(event), words) > 0;
}

type Bucket = Set<LiveFilter>;

/** Live filters by a value that an event must have to match them. */
class Buckets<K> {
  readonly #buckets = new Map<K, Bucket>();

  get(key: K): Bucket | undefined {
    return this.#buckets.get(key);
  }

  add(key: K, filter: LiveFilter): () => void {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = new Set();
      this.#buckets.set(key, bucket);
    }
    bucket.add(filter);
    return () => this.#remove(key, filter);
  }

  #remove(key: K, filter: LiveFilter): void {
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
export class SubscriptionIndex {
  readonly #byId = new Buckets<string>();
  readonly #byAuthor = new Buckets<string>();
  readonly #byTag = new Buckets<string>();
  readonly #byKind = new Buckets<number>();
  readonly #others = new Buckets<null>();
  readonly #removals = new Map<Subscription, readonly (() => void)[]>();
  #sequence = 0;

  /** Number of subscriptions. */
  get size(): number {
    return this.#removals.size;
  }

  add(subscription: Subscription): void {
    const removals = subscription.filters.flatMap((filter) => this.#addFilter(subscription, filter));
    this.#removals.set(subscription, removals);
  }

  /** Forgets a subscription; one that is not listed is ignored. */
  remove(subscription: Subscription): void {
    for (const removal of this.#removals.get(subscription) ?? []) removal();
    this.#removals.delete(subscription);
  }

  /** Calls `visit` once for each subscription of which a filter matches. */
  forEachMatch(event: StoredEvent, visit: (subscription: Subscription) => void): void {
    this.#sequence++;
    this.#visitBucket(this.#byId.get(event.id), event, visit);
    this.#visitBucket(this.#byAuthor.get(event.pubkey), event, visit);
    for (const [name, value] of event.tags) this.#visitBucket(this.#byTag.get(name + value), event, visit);
    this.#visitBucket(this.#byKind.get(event.kind), event, visit);
    this.#visitBucket(this.#others.get(null), event, visit);
  }

  #visitBucket(bucket: Bucket | undefined, event: StoredEvent, visit: (match: Subscription) => void): void {
    if (bucket === undefined) return;
    for (const { subscription, matcher, words } of bucket) {
      if (subscription.lastDelivery === this.#sequence || !matcher.matches(event)) continue;
      if (!isFound(event, words)) continue;
      subscription.lastDelivery = this.#sequence;
      visit(subscription);
    }
  }

  #addFilter(subscription: Subscription, filter: Filter): (() => void)[] {
    const { ids, authors, kinds, search } = filter;
    const words = search === undefined ? null : searchWords(search);
    const live: LiveFilter = { subscription, matcher: new FilterMatcher(filter), words };
    if (ids !== undefined) return ids.map((id) => this.#byId.add(id, live));
    if (authors !== undefined) return authors.map((author) => this.#byAuthor.add(author, live));
    const [tag] = tagConditions(filter);
    // A tag name is one letter, so that name and value joined are unambiguous.
    if (tag !== undefined) return tag.values.map((value) => this.#byTag.add(tag.name + value, live));
    if (kinds !== undefined) return kinds.map((kind) => this.#byKind.add(kind, live));
    return [this.#others.add(null, live)];
  }
}
