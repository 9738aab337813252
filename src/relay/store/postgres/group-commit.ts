/** What a {@link GroupCommit} is made of. */
export interface GroupCommitOptions<Item, Outcome> {
  /** Items that may wait; one more is refused. */
  readonly queueMax: number;
  /** Batches that are on their way at the same time. */
  readonly writers: number;
  /** How many of the waiting items, in their order, the next batch takes: at least one. */
  readonly take: (items: Iterable<Item>) => number;
  /** Carries out a batch and answers in its order; a rejection is passed on to every item of it. */
  readonly commit: (items: readonly Item[]) => Promise<readonly Outcome[]>;
}

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Collects items while earlier ones are on their way, and carries out together what has come in: batches grow with
 * the load and add no waiting where there is none.
 */
export class GroupCommit<Item, Outcome> {
  readonly #options: GroupCommitOptions<Item, Outcome>;
  #waiting: Waiting<Item, Outcome>[] = [];
  #inFlight = 0;
  #whenIdle: (() => void)[] = [];
  #isScheduled = false;

  constructor(options: GroupCommitOptions<Item, Outcome>) {
    this.#options = options;
  }

  /** Items that wait for a batch. */
  get queueDepth(): number {
    return this.#waiting.length;
  }

  /** Null where too many wait already. */
  add(item: Item): Promise<Outcome> | null {
    if (this.#waiting.length >= this.#options.queueMax) return null;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#schedule();
    });
  }

  /** Resolves when nothing waits and nothing is on its way. */
  idle(): Promise<void> {
    if (this.#waiting.length === 0 && this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** Starts batches at the end of this turn of the event loop: what comes in one turn goes together. */
  #schedule(): void {
    if (this.#isScheduled || this.#inFlight >= this.#options.writers) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#start();
    });
  }

  #start(): void {
    while (this.#waiting.length > 0 && this.#inFlight < this.#options.writers) {
      const length = Math.max(1, this.#options.take(itemsOf(this.#waiting)));
      const batch = this.#waiting.splice(0, length);
      this.#inFlight++;
      void this.#carryOut(batch);
    }
    if (this.#waiting.length > 0 || this.#inFlight > 0) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  async #carryOut(batch: readonly Waiting<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.#options.commit(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries()) resolve(outcomes[index] as Outcome);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.#inFlight--;
    this.#start();
  }
}

function* itemsOf<Item>(waiting: readonly { readonly item: Item }[]): Iterable<Item> {
  for (const { item } of waiting) yield item;
}
