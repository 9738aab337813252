const END = -1;
const FIRST_CAPACITY = 1_024;

/** Lists of event numbers by a key that is a small whole number; 8 bytes an entry and 8 a key. */
export class PostingLists {
  /** The last entry of each key's list; entries lead to the one before. */
  #last = new Int32Array(FIRST_CAPACITY).fill(END);
  #lengths = new Uint32Array(FIRST_CAPACITY);
  #before = new Int32Array(FIRST_CAPACITY);
  #events = new Uint32Array(FIRST_CAPACITY);
  #entries = 0;

  /** Adds an event to the list of a key; nothing where it is the last of that list already. */
  add(key: number, event: number): void {
    this.#reserveKey(key);
    const last = this.#last[key] as number;
    if (last !== END && this.#events[last] === event) return;
    this.#reserveEntry();
    const entry = this.#entries++;
    this.#before[entry] = last;
    this.#events[entry] = event;
    this.#last[key] = entry;
    this.#lengths[key] = this.lengthOf(key) + 1;
  }

  /** How many events a key has. */
  lengthOf(key: number): number {
    return this.#lengths[key] ?? 0;
  }

  /** Calls `visit` with the events of a key, the last one first. */
  each(key: number, visit: (event: number) => void): void {
    for (let entry = this.#last[key] ?? END; entry !== END; entry = this.#before[entry] as number) {
      visit(this.#events[entry] as number);
    }
  }

  #reserveKey(key: number): void {
    if (key < this.#last.length) return;
    const capacity = 2 * Math.max(key, this.#last.length);
    const last = new Int32Array(capacity).fill(END);
    last.set(this.#last);
    this.#last = last;
    const lengths = new Uint32Array(capacity);
    lengths.set(this.#lengths);
    this.#lengths = lengths;
  }

  #reserveEntry(): void {
    if (this.#entries < this.#events.length) return;
    const before = new Int32Array(2 * this.#entries);
    before.set(this.#before);
    this.#before = before;
    const events = new Uint32Array(2 * this.#entries);
    events.set(this.#events);
    this.#events = events;
  }
}
