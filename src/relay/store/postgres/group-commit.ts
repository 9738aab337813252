import { performance } from 'node:perf_hooks';

/** What a {@link GroupCommit} is made of. */
export interface GroupCommitOptions<Item, Outcome> {
  /** Items that may wait; one more is refused. */
  readonly queueMax: number;
  /** Batches that are on their way at the same time. */
  readonly writers: number;
  /** The places of those of the waiting items, in their order, that the next batch takes: at least one. */
  readonly take: (items: Iterable<Item>) => readonly number[];
  /**
   * Carries out a batch and answers in its order; a rejection is passed on to every item of it.
   * @param deadlineMs when its last item gets an answer in any case, by the monotonic clock: nothing is gained after it
   */
  readonly commit: (items: readonly Item[], deadlineMs: number) => Promise<readonly Outcome[]>;
  /** An item that has no outcome so long after it was added is answered with an error, ms. */
  readonly answerWithinMs: number;
  /** That error. @param isOnItsWay whether its batch has begun: then it may be carried out all the same */
  readonly lateError: (isOnItsWay: boolean) => Error;
}

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly addedMs: number;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

type Batch<Item, Outcome> = readonly Waiting<Item, Outcome>[];

/** How often it is looked for items that are late. */
const SWEEP_EVERY_MS = 250;

/**
 * Collects items while earlier ones are on their way, and carries out together what has come in: batches grow with
 * the load and add no waiting where there is none. Every item is answered within a time, whatever becomes of batches.
 */
export class GroupCommit<Item, Outcome> {
  readonly #options: GroupCommitOptions<Item, Outcome>;
  #waiting: Waiting<Item, Outcome>[] = [];
  readonly #onTheirWay = new Set<Batch<Item, Outcome>>();
  #whenIdle: (() => void)[] = [];
  #isScheduled = false;
  #sweeping: NodeJS.Timeout | null = null;

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
    this.#sweeping ??= setInterval(() => this.#sweep(), SWEEP_EVERY_MS).unref();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, addedMs: performance.now(), resolve, reject });
      this.#schedule();
    });
  }

  /** Resolves when nothing waits and nothing is on its way. */
  idle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  get #isIdle(): boolean {
    return this.#waiting.length === 0 && this.#onTheirWay.size === 0;
  }

  /** Starts batches at the end of this turn of the event loop: what comes in one turn goes together. */
  #schedule(): void {
    if (this.#isScheduled || this.#onTheirWay.size >= this.#options.writers) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#start();
    });
  }

  #start(): void {
    while (this.#waiting.length > 0 && this.#onTheirWay.size < this.#options.writers) {
      const batch = this.#takeBatch();
      this.#onTheirWay.add(batch);
      void this.#carryOut(batch);
    }
    if (!this.#isIdle) return;
    if (this.#sweeping !== null) clearInterval(this.#sweeping);
    this.#sweeping = null;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  #takeBatch(): Batch<Item, Outcome> {
    const places = new Set(this.#options.take(itemsOf(this.#waiting)));
    if (places.size === 0) places.add(0);
    const batch = this.#waiting.filter((_, place) => places.has(place));
    this.#waiting = this.#waiting.filter((_, place) => !places.has(place));
    return batch;
  }

  async #carryOut(batch: Batch<Item, Outcome>): Promise<void> {
    const deadlineMs = (batch.at(-1)?.addedMs ?? 0) + this.#options.answerWithinMs;
    try {
      const items = batch.map(({ item }) => item);
      const outcomes = await this.#options.commit(items, deadlineMs);
      for (const [index, { resolve }] of batch.entries()) resolve(outcomes[index] as Outcome);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.#onTheirWay.delete(batch);
    this.#start();
  }

  /** Answers those who have waited too long; a second answer, of their batch, changes nothing. */
  #sweep(): void {
    const { answerWithinMs, lateError } = this.#options;
    const latestMs = performance.now() - answerWithinMs;
    const rejectLate = (waiting: Batch<Item, Outcome>, isOnItsWay: boolean): number => {
      const inTime = waiting.findIndex(({ addedMs }) => addedMs > latestMs);
      const late = inTime === -1 ? waiting : waiting.slice(0, inTime);
      if (late.length === 0) return 0;
      const error = lateError(isOnItsWay);
      for (const { reject } of late) reject(error);
      return late.length;
    };
    for (const batch of this.#onTheirWay) rejectLate(batch, true);
    this.#waiting.splice(0, rejectLate(this.#waiting, false));
  }
}

function* itemsOf<Item>(waiting: readonly { readonly item: Item }[]): Iterable<Item> {
  for (const { item } of waiting) yield item;
}
