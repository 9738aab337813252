/** A service that ends again and again is started again at growing intervals. */
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 5_000;
/** One that has lived this long starts from the first delay again. */
const FORGIVEN_AFTER_MS = 30_000;
/** Starts in a row after which another one would end the same way. */
const HOPELESS_AFTER = 3;

interface History {
  readonly count: number;
  readonly inARow: number;
  readonly atMs: number;
}

/** Keeps count of how often each service was started again, and says when the next time may be. */
export class Restarts {
  readonly #records = new Map<string, History>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** How often each service was started again. */
  get counts(): Readonly<{ [name: string]: number }> {
    return Object.fromEntries([...this.#records].map(([name, { count }]) => [name, count]));
  }

  /** Whether a service that has ended may be started again now. */
  isDue(name: string): boolean {
    const record = this.#records.get(name);
    if (record === undefined) return true;
    const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (record.inARow - 1));
    return this.#nowMs() - record.atMs >= delayMs;
  }

  /** Whether starting it again has not helped several times in a row. */
  isHopeless(name: string): boolean {
    const record = this.#records.get(name);
    return record !== undefined && record.inARow >= HOPELESS_AFTER && !this.#isForgiven(record);
  }

  /** Notes that a service is started again. */
  note(name: string): void {
    const before = this.#records.get(name);
    const isInARow = before !== undefined && !this.#isForgiven(before);
    this.#records.set(name, {
      count: (before?.count ?? 0) + 1,
      inARow: isInARow ? before.inARow + 1 : 1,
      atMs: this.#nowMs(),
    });
  }

  #isForgiven({ atMs }: History): boolean {
    return this.#nowMs() - atMs > FORGIVEN_AFTER_MS;
  }
}
