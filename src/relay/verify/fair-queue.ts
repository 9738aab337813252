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

  values(): Iterable<Q> {
    return this.#queues.values();
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

/** A first-in first-out queue that does not move its items. */
class Queue<T> {
  #items: T[] = [];
  #taken = 0;

  get size(): number {
    return this.#items.length - this.#taken;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#taken];
    if (item !== undefined) this.#taken++;
    if (this.#taken * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    return item;
  }

  pop(): T | undefined {
    return this.size === 0 ? undefined : this.#items.pop();
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
  size = 0;

  push(from: From, item: T): void {
    let queue = this.senders.get(from);
    if (queue === undefined) {
      queue = new Queue();
      this.senders.set(from, queue);
    }
    queue.push(item);
    this.size++;
  }

  shift(): T | undefined {
    const item = this.senders.take((queue) => queue.shift());
    if (item !== undefined) this.size--;
    return item;
  }

  /** Takes the newest item of a sender that has at least `share`. */
  popFrom(share: number): T | undefined {
    for (const queue of this.senders.values()) {
      if (queue.size < share) continue;
      this.size--;
      return queue.pop();
    }
    return undefined;
  }
}

/**
 * Items that wait, taken in turn by address and within it by sender: whoever sends one waits for one of each other sender
 * at most, however many those have sent.
 */
export class FairQueue<T> {
  readonly #addresses = new Ring<string, Address<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(from: From, item: T): void {
    let address = this.#addresses.get(from.address);
    if (address === undefined) {
      address = new Address();
      this.#addresses.set(from.address, address);
    }
    address.push(from, item);
    this.#size++;
  }

  shift(): T | undefined {
    const item = this.#addresses.take((address) => address.shift());
    if (item !== undefined) this.#size--;
    return item;
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
    const crowded = (address?.size ?? 0) >= addressShare ? address : this.#firstAbove(addressShare);
    if (crowded === undefined) return undefined;
    const share = Math.ceil(crowded.size / Math.max(1, crowded.senders.keys));
    const own = crowded === address ? (address.senders.get(from)?.size ?? 0) : 0;
    if (own >= share) return undefined;
    const item = crowded.popFrom(crowded === address ? Math.max(share, own + 2) : share);
    if (item !== undefined) this.#size--;
    return item;
  }

  #firstAbove(share: number): Address<T> | undefined {
    for (const address of this.#addresses.values()) if (address.size >= share) return address;
    return undefined;
  }
}
