/** Items of one key after another, the first of each in turn. */
class Ring<K, Q extends { readonly size: number }> {
  /** In the order of their turns. */
  readonly #queues = new Map<K, Q>();

  get keys(): number {
    return this.#queues.size;
  }

  get(key: K): Q | undefined {
    return this.#queues.get(key);
  }

  set(key: K, queue: Q): void {
    this.#queues.set(key, queue);
  }

  entries(): Iterable<[K, Q]> {
    return this.#queues.entries();
  }

  delete(key: K): void {
    this.#queues.delete(key);
  }

  /** Takes from the queue whose turn it is, which then comes last. */
  take<T>(takeFrom: (queue: Q) => T | undefined): T | undefined {
    const [first] = this.#queues;
    if (first === undefined) return undefined;
    const [key, queue] = first;
    const item = takeFrom(queue);
    this.#queues.delete(key);
    if (queue.size > 0) this.#queues.set(key, queue);
    return item;
  }
}

/** How many places an item takes. */
type PlacesOf<T> = (item: T) => number;

/** A first-in first-out queue that does not move its items. */
class Queue<T> {
  readonly #placesOf: PlacesOf<T>;
  #items: T[] = [];
  #taken = 0;
  /** Places of all items. */
  size = 0;

  constructor(placesOf: PlacesOf<T>) {
    this.#placesOf = placesOf;
  }

  push(item: T): void {
    this.#items.push(item);
    this.size += this.#placesOf(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#taken];
    if (item === undefined) return undefined;
    this.#taken++;
    this.size -= this.#placesOf(item);
    if (this.#taken * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    return item;
  }

  pop(): T | undefined {
    const item = this.#items.length > this.#taken ? this.#items.pop() : undefined;
    if (item !== undefined) this.size -= this.#placesOf(item);
    return item;
  }
}

/** Who an item is from. */
export interface From {
  /** Those of one address share its turns. */
  readonly address: string;
}

/** The queues of the senders of one address. */
class Address<T> {
  readonly senders = new Ring<From, Queue<T>>();
  readonly #placesOf: PlacesOf<T>;
  /** Places of all items. */
  size = 0;

  constructor(placesOf: PlacesOf<T>) {
    this.#placesOf = placesOf;
  }

  push(from: From, item: T): void {
    let queue = this.senders.get(from);
    if (queue === undefined) {
      queue = new Queue(this.#placesOf);
      this.senders.set(from, queue);
    }
    queue.push(item);
    this.size += this.#placesOf(item);
  }

  shift(): T | undefined {
    const item = this.senders.take((queue) => queue.shift());
    if (item !== undefined) this.size -= this.#placesOf(item);
    return item;
  }

  /** Takes the newest item of a sender that has at least `share`. */
  popFrom(share: number): T | undefined {
    for (const [from, queue] of this.senders.entries()) {
      if (queue.size < share) continue;
      const item = queue.pop();
      if (item !== undefined) this.size -= this.#placesOf(item);
      if (queue.size === 0) this.senders.delete(from);
      return item;
    }
    return undefined;
  }
}

/**
 * Items that wait, taken in turn by address and within it by sender: whoever sends one waits for one of each other sender
 * at most, however many those have sent. A large item takes several places: who has more than a fair share of those has to
 * give way where there is no room.
 */
export class FairQueue<T> {
  readonly #addresses = new Ring<string, Address<T>>();
  readonly #placesOf: PlacesOf<T>;
  #size = 0;
  #items = 0;

  /** @param placesOf how many places an item takes, at least one, always the same; one where nothing is said */
  constructor(placesOf: PlacesOf<T> = () => 1) {
    this.#placesOf = placesOf;
  }

  /** Places that are taken. */
  get size(): number {
    return this.#size;
  }

  /** Items that wait. */
  get items(): number {
    return this.#items;
  }

  push(from: From, item: T): void {
    let address = this.#addresses.get(from.address);
    if (address === undefined) {
      address = new Address(this.#placesOf);
      this.#addresses.set(from.address, address);
    }
    address.push(from, item);
    this.#size += this.#placesOf(item);
    this.#items++;
  }

  shift(): T | undefined {
    return this.#taken(this.#addresses.take((address) => address.shift()));
  }

  /** Everything, the queue being empty then. */
  takeAll(): T[] {
    const items: T[] = [];
    for (let item = this.shift(); item !== undefined; item = this.shift()) items.push(item);
    return items;
  }

  /**
   * Makes room for an item of a sender by giving up the newest item of one that has more than a fair share.
   * @returns what was given up; undefined where the sender itself has its share, and has to be refused
   */
  makeRoom(from: From): T | undefined {
    const address = this.#addresses.get(from.address);
    const addressShare = Math.ceil(this.#size / Math.max(1, this.#addresses.keys));
    const [crowdedAt, crowded] =
      (address?.size ?? 0) >= addressShare ? [from.address, address] : this.#firstAbove(addressShare);
    if (crowded === undefined) return undefined;
    const share = Math.ceil(crowded.size / Math.max(1, crowded.senders.keys));
    const own = crowded === address ? (address.senders.get(from)?.size ?? 0) : 0;
    if (own >= share) return undefined;
    const item = crowded.popFrom(crowded === address ? Math.max(share, own + 2) : share);
    if (crowded.size === 0) this.#addresses.delete(crowdedAt);
    return this.#taken(item);
  }

  #taken(item: T | undefined): T | undefined {
    if (item === undefined) return undefined;
    this.#size -= this.#placesOf(item);
    this.#items--;
    return item;
  }

  #firstAbove(share: number): readonly [string, Address<T> | undefined] {
    for (const [name, address] of this.#addresses.entries()) {
      if (address.size >= share) return [name, address];
    }
    return ['', undefined];
  }
}
