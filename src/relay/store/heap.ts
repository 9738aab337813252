/** A binary min-heap: the item that comes first by `compare` is at the top. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  /** @param compare negative when `a` comes before `b` */
  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The first item without removing it; undefined when empty. */
  top(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    let index = items.push(item) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >>> 1;
      const parent = items[parentIndex] as T;
      if (this.#compare(item, parent) >= 0) break;
      items[index] = parent;
      index = parentIndex;
    }
    items[index] = item;
  }

  /** Removes and returns the first item; undefined when empty. */
  pop(): T | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (this.#items.length > 0 && last !== undefined) this.#sink(last);
    return first;
  }

  /** Restores the order after the key of the first item has grown: cheaper than pop and push. */
  topChanged(): void {
    const first = this.#items[0];
    if (first !== undefined) this.#sink(first);
  }

  /** Lets `item` sink from the top to its place. */
  #sink(item: T): void {
    const items = this.#items;
    let index = 0;
    for (;;) {
      const childIndex = this.#firstChild(index);
      const child = items[childIndex];
      if (child === undefined || this.#compare(child, item) >= 0) break;
      items[index] = child;
      index = childIndex;
    }
    items[index] = item;
  }

  /** Index of the child of `index` that comes first; past the end where there is none. */
  #firstChild(index: number): number {
    const left = 2 * index + 1;
    const right = left + 1;
    if (right >= this.#items.length) return left;
    return this.#compare(this.#items[right] as T, this.#items[left] as T) < 0 ? right : left;
  }
}
