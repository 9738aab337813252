const SMALLEST = 1_024;

/** What has come to each query that waits, by its entry in the waiting table. */
export class QueryTallies {
  #received = new Uint32Array(SMALLEST);
  /** Of those, the events that surely were stored. */
  #stored = new Uint32Array(SMALLEST);
  /** Numbers of their arrivals. */
  #number = new Float64Array(SMALLEST);
  /** 1 where an event had come before the question was asked once more. */
  #hadEvents = new Uint8Array(SMALLEST);

  /** The query of an arrival begins to wait. */
  begin(entry: number, number: number): void {
    if (entry >= this.#received.length) this.#grow();
    this.#received[entry] = 0;
    this.#stored[entry] = 0;
    this.#number[entry] = number;
    this.#hadEvents[entry] = 0;
  }

  /** The query is asked once more, from the beginning. */
  restart(entry: number): void {
    if ((this.#received[entry] as number) > 0) this.#hadEvents[entry] = 1;
    this.#received[entry] = 0;
    this.#stored[entry] = 0;
  }

  /** Whether the first event of this question is the first that came of the query at all. */
  isFirst(entry: number): boolean {
    return this.#hadEvents[entry] === 0;
  }

  /** An event has come. @returns how many have by now */
  add(entry: number, isStored: boolean): number {
    const received = (this.#received[entry] as number) + 1;
    this.#received[entry] = received;
    if (isStored) this.#stored[entry] = (this.#stored[entry] as number) + 1;
    return received;
  }

  receivedBy(entry: number): number {
    return this.#received[entry] as number;
  }

  storedOf(entry: number): number {
    return this.#stored[entry] as number;
  }

  numberOf(entry: number): number {
    return this.#number[entry] as number;
  }

  #grow(): void {
    const length = 2 * this.#received.length;
    const [received, stored, number, hadEvents] = [
      this.#received,
      this.#stored,
      this.#number,
      this.#hadEvents,
    ];
    this.#received = new Uint32Array(length);
    this.#stored = new Uint32Array(length);
    this.#number = new Float64Array(length);
    this.#received.set(received);
    this.#stored.set(stored);
    this.#number.set(number);
    this.#hadEvents = new Uint8Array(length);
    this.#hadEvents.set(hadEvents);
  }
}
