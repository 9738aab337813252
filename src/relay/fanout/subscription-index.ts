import { EventTags, type Filter, FilterMatcher, type TagTest } from '../../nostr/filter.ts';
import { searchWords } from '../../nostr/nip50.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import { Buckets } from './buckets.ts';
import { LiveContent } from './live-content.ts';

/** What can be listed: something that wants to know of the events that match its filters. */
export interface Listed {
  /** Number of the event that it was last told of; the index uses it to tell of each event once. */
  lastDelivery: number;
}

/** One filter of one subscription, prepared for matching. */
interface LiveFilter<S extends Listed> {
  readonly subscription: S;
  readonly matcher: FilterMatcher;
  /** Words that the content must have (NIP-50); none without a search. */
  readonly words: readonly string[];
  /** Number of the event that it was last held against: one with many of its values is met again and again. */
  lastCheck: number;
}

/** An event that is held against filters, with what is prepared of it once for all. */
interface Candidate {
  readonly event: StoredEvent;
  readonly tags: EventTags;
  readonly content: LiveContent;
}

type Places<K, S extends Listed> = Buckets<K, LiveFilter<S>>;

/** A listed filter, and how it is taken off the list. */
interface Listing<S extends Listed> {
  readonly live: LiveFilter<S>;
  readonly remove: (live: LiveFilter<S>) => void;
}

/** Texts of events beyond this are long, and so many tags are looked for in them before they are parsed. */
const LONG_CHARACTERS = 8 * 1_024;
const LOOKED_FOR_MAX = 100;

/** The beginning of a tag in the text of an event, which is as `JSON.stringify` writes it. */
function tagText(name: string, value: string): string {
  return JSON.stringify([name, value]).slice(0, -1);
}

/** Of several conditions on tags the one with the fewest values: an event meets it in the fewest places. */
function fewestValues(tags: readonly TagTest[]): TagTest | null {
  return tags.reduce<TagTest | null>(
    (best, tag) => (best === null || tag.values.size < best.values.size ? tag : best),
    null,
  );
}

/** Of the words of a search the one that is likely to be in the fewest events, as far as its length tells. */
function rarest(words: readonly string[]): string | undefined {
  return words.reduce<string | undefined>(
    (best, word) => (word.length > (best?.length ?? 0) ? word : best),
    undefined,
  );
}

/**
 * Finds the subscriptions that an event matches. Every filter is listed under one of its conditions, the
 * most selective by experience: id, author, tag, word, kind. The cost of an event so grows with the subscriptions
 * that share such a value with it, not with all subscriptions.
 */
export class SubscriptionIndex<S extends Listed> {
  readonly #byId: Places<string, S> = new Buckets();
  readonly #byAuthor: Places<string, S> = new Buckets();
  /** By the name of the tag, then by its value. */
  readonly #byTag = new Map<string, Places<string, S>>();
  readonly #byWord: Places<string, S> = new Buckets();
  readonly #byKind: Places<number, S> = new Buckets();
  readonly #others: Places<null, S> = new Buckets();
  readonly #listings = new Map<S, readonly Listing<S>[]>();
  #sequence = 0;

  /** Number of subscriptions. */
  get size(): number {
    return this.#listings.size;
  }

  /** Lists a subscription under its filters, which are not kept: what is needed of them is. */
  add(subscription: S, filters: readonly Filter[]): void {
    this.#listings.set(
      subscription,
      filters.map((filter) => this.#list(subscription, filter)),
    );
  }

  /** Forgets a subscription; one that is not listed is ignored. */
  remove(subscription: S): void {
    for (const { live, remove } of this.#listings.get(subscription) ?? []) remove(live);
    this.#listings.delete(subscription);
  }

  /** Calls `visit` once for each subscription of which a filter matches. */
  forEachMatch(event: StoredEvent, visit: (subscription: S) => void): void {
    if (this.#listings.size === 0) return;
    this.#sequence++;
    const content = new LiveContent(event);
    const candidate: Candidate = { event, tags: new EventTags(event), content };
    const check = (live: LiveFilter<S>): void => this.#check(live, candidate, visit);
    this.#byId.forEach(event.id, check);
    this.#byAuthor.forEach(event.pubkey, check);
    this.#checkTags(event, check);
    this.#checkWords(content, check);
    this.#byKind.forEach(event.kind, check);
    this.#others.forEach(null, check);
  }

  #check(live: LiveFilter<S>, { event, tags, content }: Candidate, visit: (match: S) => void): void {
    const { subscription, matcher, words } = live;
    if (live.lastCheck === this.#sequence || subscription.lastDelivery === this.#sequence) return;
    live.lastCheck = this.#sequence;
    if (!matcher.matches(event, tags)) return;
    if (words.length > 0 && !content.hasAll(words)) return;
    subscription.lastDelivery = this.#sequence;
    visit(subscription);
  }

  /**
   * Looks for the tags of the event among those that are asked for. What comes from another relay is not parsed yet: of a long
   * event it is cheaper to look for a few tags in its text.
   */
  #checkTags(event: StoredEvent, check: (live: LiveFilter<S>) => void): void {
    if (this.#byTag.size === 0) return;
    if (event.json.length > LONG_CHARACTERS && !this.#mayHaveTag(event.json)) return;
    for (const [name, value] of event.tags) this.#byTag.get(name)?.forEach(value, check);
  }

  /** Whether a text may hold one of the tags that are asked for; true where those are too many to look for. */
  #mayHaveTag(json: string): boolean {
    let keys = 0;
    for (const places of this.#byTag.values()) keys += places.size;
    if (keys > LOOKED_FOR_MAX) return true;
    for (const [name, places] of this.#byTag) {
      for (const value of places.keys()) if (json.includes(tagText(name, value))) return true;
    }
    return false;
  }

  /** Looks for the words of the content among those that are searched for, or the other way, whichever are fewer. */
  #checkWords(content: LiveContent, check: (live: LiveFilter<S>) => void): void {
    if (this.#byWord.size === 0) return;
    const { words } = content;
    const [few, many] = words.size < this.#byWord.size ? [words, this.#byWord] : [this.#byWord.keys(), words];
    for (const word of few) if (many.has(word)) this.#byWord.forEach(word, check);
  }

  #list(subscription: S, filter: Filter): Listing<S> {
    const words = searchWords(filter.search ?? '');
    const matcher = new FilterMatcher(filter);
    const live: LiveFilter<S> = { subscription, matcher, words, lastCheck: 0 };
    if (matcher.ids !== null) return listUnder(this.#byId, matcher.ids, live);
    if (matcher.authors !== null) return listUnder(this.#byAuthor, matcher.authors, live);
    const tag = fewestValues(matcher.tags);
    if (tag !== null) return listUnder(this.#placesOf(tag), tag.values, live);
    const word = rarest(words);
    if (word !== undefined) return listUnder(this.#byWord, [word], live);
    return matcher.kinds === null
      ? listUnder(this.#others, [null], live)
      : listUnder(this.#byKind, matcher.kinds, live);
  }

  #placesOf({ name }: TagTest): Places<string, S> {
    let places = this.#byTag.get(name);
    if (places === undefined) {
      places = new Buckets();
      this.#byTag.set(name, places);
    }
    return places;
  }
}

/** @param keys each once; those of a matcher, which has them anyway */
function listUnder<K, S extends Listed>(
  places: Places<K, S>,
  keys: Iterable<K>,
  live: LiveFilter<S>,
): Listing<S> {
  for (const key of keys) places.add(key, live);
  return {
    live,
    remove: () => {
      for (const key of keys) places.remove(key, live);
    },
  };
}
