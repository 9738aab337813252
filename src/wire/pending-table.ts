/** No such slot. */
export const NONE = -1;

/**
 * Operations of one worker that wait for their reply: found by a 64-bit key in constant time, and kept in the
 * order in which they were written (for deadlines). All connections share one table. Typed arrays instead of an
 * object per operation keep the garbage collector out of the hot path, and ten thousand idle connections cost
 * nothing here.
 */
export class PendingTable {
  #keyHigh = new Uint32Array(0);
  #keyLow = new Uint32Array(0);
  #connection = new Int32Array(0);
  #tag = new Int32Array(0);
  #scheduledNs = new Float64Array(0);
  #startedNs = new Float64Array(0);
  #waitedFromNs = new Float64Array(0);
  /** Next slot of the same bucket; for free slots, the next free one. */
  #chain = new Int32Array(0);
  #older = new Int32Array(0);
  #newer = new Int32Array(0);
  #buckets = new Int32Array(0);
  #free = NONE;
  #oldest = NONE;
  #newest = NONE;
  #size = 0;

  constructor(initialCapacity = 1_024) {
    this.#resize(initialCapacity);
  }

  /** Operations that wait. */
  get size(): number {
    return this.#size;
  }

  /**
   * Add an operation; set its times with {@link setTimes}.
   * @param tag a number of the caller's, returned by {@link tagOf}
   * @returns the slot, valid until it is removed
   */
  add(high: number, low: number, connection: number, tag: number): number {
    if (this.#free === NONE) this.#resize(this.#keyHigh.length * 2);
    const slot = this.#free;
    this.#free = this.#chain[slot] as number;
    this.#keyHigh[slot] = high;
    this.#keyLow[slot] = low;
    this.#connection[slot] = connection;
    this.#tag[slot] = tag;
    this.#link(slot);
    this.#append(slot);
    this.#size++;
    return slot;
  }

  /** An operation is written once more, or waits for that: its deadline counts from `startedNs`, the time of this call. */
  renew(slot: number, startedNs: number): void {
    this.#startedNs[slot] = startedNs;
    this.#takeOut(slot);
    this.#append(slot);
  }

  /**
   * @param startedNs when it was written: its deadline counts from there
   * @param waitedFromNs since when the target kept it waiting, where that is not its write: it was away before
   */
  setTimes(slot: number, scheduledNs: number, startedNs: number, waitedFromNs = startedNs): void {
    this.#scheduledNs[slot] = scheduledNs;
    this.#startedNs[slot] = startedNs;
    this.#waitedFromNs[slot] = waitedFromNs;
  }

  /** The slot of a key, or {@link NONE}. */
  find(high: number, low: number): number {
    let slot = this.#buckets[this.#bucketOf(high, low)] as number;
    while (slot !== NONE && (this.#keyLow[slot] !== low || this.#keyHigh[slot] !== high)) {
      slot = this.#chain[slot] as number;
    }
    return slot;
  }

  /**
   * The slot of a key on a connection, or {@link NONE}. The same key may wait on several connections (copies of an
   * event), and more than once on one: then the one that was written first.
   */
  findOn(high: number, low: number, connection: number): number {
    let found = NONE;
    let slot = this.#buckets[this.#bucketOf(high, low)] as number;
    while (slot !== NONE) {
      if (
        this.#keyLow[slot] === low &&
        this.#keyHigh[slot] === high &&
        this.#connection[slot] === connection
      ) {
        found = slot;
      }
      slot = this.#chain[slot] as number;
    }
    return found;
  }

  remove(slot: number): void {
    this.#unlink(slot);
    this.#takeOut(slot);
    this.#chain[slot] = this.#free;
    this.#free = slot;
    this.#size--;
  }

  /** Remove the operation that was added first, where there is one. */
  removeOldest(): void {
    if (this.#oldest !== NONE) this.remove(this.#oldest);
  }

  /** The upper half of an operation's key. */
  keyHighOf(slot: number): number {
    return this.#keyHigh[slot] as number;
  }

  connectionOf(slot: number): number {
    return this.#connection[slot] as number;
  }

  /** The lower half of an operation's key. */
  keyLowOf(slot: number): number {
    return this.#keyLow[slot] as number;
  }

  tagOf(slot: number): number {
    return this.#tag[slot] as number;
  }

  /** Change the caller's number of an operation. */
  setTag(slot: number, tag: number): void {
    this.#tag[slot] = tag;
  }

  scheduledNsOf(slot: number): number {
    return this.#scheduledNs[slot] as number;
  }

  startedNsOf(slot: number): number {
    return this.#startedNs[slot] as number;
  }

  /** Since when the target has kept an operation waiting. */
  waitedFromNsOf(slot: number): number {
    return this.#waitedFromNs[slot] as number;
  }

  /**
   * Remove every operation written before `startedBeforeNs`, oldest first.
   * @param onExpired runs before each removal; what it renews stays
   */
  expire(startedBeforeNs: number, onExpired: (slot: number) => void): void {
    while (this.#oldest !== NONE && this.startedNsOf(this.#oldest) < startedBeforeNs) {
      const slot = this.#oldest;
      onExpired(slot);
      if (this.startedNsOf(slot) < startedBeforeNs) this.remove(slot);
    }
  }

  /** Remove every operation of a connection, oldest first; `onRemoved` runs before each removal. */
  removeConnection(connection: number, onRemoved: (slot: number) => void): void {
    this.each(connection, (slot) => {
      onRemoved(slot);
      this.remove(slot);
    });
  }

  /** Visit every operation of a connection once, oldest first; the visited one may be removed or renewed. */
  each(connection: number, visit: (slot: number) => void): void {
    const last = this.#newest;
    for (let slot = this.#oldest; slot !== NONE; ) {
      const newer = slot === last ? NONE : (this.#newer[slot] as number);
      if (this.#connection[slot] === connection) visit(slot);
      slot = newer;
    }
  }

  #append(slot: number): void {
    this.#older[slot] = this.#newest;
    this.#newer[slot] = NONE;
    if (this.#newest === NONE) this.#oldest = slot;
    else this.#newer[this.#newest] = slot;
    this.#newest = slot;
  }

  /** Out of the order of writes. */
  #takeOut(slot: number): void {
    const older = this.#older[slot] as number;
    const newer = this.#newer[slot] as number;
    if (older === NONE) this.#oldest = newer;
    else this.#newer[older] = newer;
    if (newer === NONE) this.#newest = older;
    else this.#older[newer] = older;
  }

  #bucketOf(high: number, low: number): number {
    return (Math.imul(low ^ (high >>> 7), 0x9e3779b1) >>> 8) & (this.#buckets.length - 1);
  }

  #link(slot: number): void {
    const bucket = this.#bucketOf(this.#keyHigh[slot] as number, this.#keyLow[slot] as number);
    this.#chain[slot] = this.#buckets[bucket] as number;
    this.#buckets[bucket] = slot;
  }

  #unlink(slot: number): void {
    const bucket = this.#bucketOf(this.#keyHigh[slot] as number, this.#keyLow[slot] as number);
    let at = this.#buckets[bucket] as number;
    if (at === slot) {
      this.#buckets[bucket] = this.#chain[slot] as number;
      return;
    }
    while (this.#chain[at] !== slot) at = this.#chain[at] as number;
    this.#chain[at] = this.#chain[slot] as number;
  }

  /** Grow to a power of two; slots keep their numbers. */
  #resize(capacity: number): void {
    const old = this.#keyHigh.length;
    this.#keyHigh = copyInto(new Uint32Array(capacity), this.#keyHigh);
    this.#keyLow = copyInto(new Uint32Array(capacity), this.#keyLow);
    this.#connection = copyInto(new Int32Array(capacity), this.#connection);
    this.#tag = copyInto(new Int32Array(capacity), this.#tag);
    this.#scheduledNs = copyInto(new Float64Array(capacity), this.#scheduledNs);
    this.#startedNs = copyInto(new Float64Array(capacity), this.#startedNs);
    this.#waitedFromNs = copyInto(new Float64Array(capacity), this.#waitedFromNs);
    this.#chain = copyInto(new Int32Array(capacity), this.#chain);
    this.#older = copyInto(new Int32Array(capacity), this.#older);
    this.#newer = copyInto(new Int32Array(capacity), this.#newer);
    this.#buckets = new Int32Array(capacity * 2).fill(NONE);
    for (let slot = this.#oldest; slot !== NONE; slot = this.#newer[slot] as number) this.#link(slot);
    for (let slot = capacity - 1; slot >= old; slot--) {
      this.#chain[slot] = this.#free;
      this.#free = slot;
    }
  }
}

function copyInto<T extends Uint32Array | Int32Array | Float64Array>(target: T, source: T): T {
  target.set(source);
  return target;
}
