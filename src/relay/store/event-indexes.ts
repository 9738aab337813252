import { PostingList } from './posting-list.ts';
import type { StoredEvent } from './stored-event.ts';

/** Posting lists by key; a list is dropped with its last event, so that keys do not pile up. */
class Index<K> {
  readonly #lists = new Map<K, PostingList>();

  get(key: K): PostingList | undefined {
    return this.#lists.get(key);
  }

  lists(): Iterable<PostingList> {
    return this.#lists.values();
  }

  entries(): Iterable<[K, PostingList]> {
    return this.#lists.entries();
  }

  get size(): number {
    return this.#lists.size;
  }

  get isEmpty(): boolean {
    return this.#lists.size === 0;
  }

  add(key: K, event: StoredEvent): void {
    const list = this.#lists.get(key);
    if (list === undefined) this.#lists.set(key, new PostingList(event));
    else list.add(event);
  }

  remove(key: K, event: StoredEvent): void {
    const list = this.#lists.get(key);
    list?.remove(event);
    if (list?.size === 0) this.#lists.delete(key);
  }
}

/** Indexes of indexes, for keys of two parts; spares building (and keeping) a joined key. */
class NestedIndex<A, B> {
  readonly #indexes = new Map<A, Index<B>>();

  get(first: A): Index<B> | undefined {
    return this.#indexes.get(first);
  }

  add(first: A, second: B, event: StoredEvent): void {
    let index = this.#indexes.get(first);
    if (index === undefined) {
      index = new Index();
      this.#indexes.set(first, index);
    }
    index.add(second, event);
  }

  remove(first: A, second: B, event: StoredEvent): void {
    const index = this.#indexes.get(first);
    index?.remove(second, event);
    if (index?.isEmpty === true) this.#indexes.delete(first);
  }
}

/**
 * All the ways to find events: by time, by kind, by author and kind, by tag letter and value. The events of
 * an author are the lists of all kinds of that author.
 */
export class EventIndexes {
  readonly byTime = new Index<'all'>();
  readonly byKind = new Index<number>();
  readonly byAuthorAndKind = new NestedIndex<string, number>();
  readonly byTag = new NestedIndex<string, string>();

  add(event: StoredEvent): void {
    this.byTime.add('all', event);
    this.byKind.add(event.kind, event);
    this.byAuthorAndKind.add(event.pubkey, event.kind, event);
    for (const tag of event.tags) this.byTag.add(tag[0], tag[1], event);
  }

  remove(event: StoredEvent): void {
    this.byTime.remove('all', event);
    this.byKind.remove(event.kind, event);
    this.byAuthorAndKind.remove(event.pubkey, event.kind, event);
    for (const tag of event.tags) this.byTag.remove(tag[0], tag[1], event);
  }
}
