/** What is listed under one key: mostly a single item, for which a set of its own would take ten times the memory. */
type Bucket<T> = T | Set<T>;

/** Items by a value that an event must have to concern them. An item is listed under a key at most once. */
export class Buckets<K, T extends object> {
  readonly #buckets = new Map<K, Bucket<T>>();

  /** Number of keys. */
  get size(): number {
    return this.#buckets.size;
  }

  keys(): Iterable<K> {
    return this.#buckets.keys();
  }

  has(key: K): boolean {
    return this.#buckets.has(key);
  }

  /** Calls `visit` with every item of a key. */
  forEach(key: K, visit: (item: T) => void): void {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return;
    if (bucket instanceof Set) for (const item of bucket) visit(item);
    else visit(bucket);
  }

  add(key: K, item: T): void {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, item);
    else if (bucket instanceof Set) bucket.add(item);
    else this.#buckets.set(key, new Set([bucket, item]));
  }

  remove(key: K, item: T): void {
    const bucket = this.#buckets.get(key);
    if (bucket instanceof Set) {
      bucket.delete(item);
      if (bucket.size === 0) this.#buckets.delete(key);
    } else if (bucket === item) this.#buckets.delete(key);
  }
}
