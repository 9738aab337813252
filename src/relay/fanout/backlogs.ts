/** Somebody for whom bytes wait: one connection. */
export interface Backlogged {
  /** Bytes that wait now. */
  readonly backlogBytes: number;
  /** Ends the connection, and with it what waits for it. */
  cut(): void;
}

/** What waits is added up anew whenever it may have grown by this part of the limit. */
const LOOK_SHARE = 1 / 16;
/** So much of the limit is left in use when readers are cut, so that it is not reached again at once. */
const LEFT_SHARE = 3 / 4;

/**
 * What waits for all readers together. Beyond the limit the slowest is cut first, the one for whom most waits: somebody
 * who reads loses nothing by those who do not.
 */
export class Backlogs {
  readonly #limitBytes: number;
  readonly #waiting = new Set<Backlogged>();
  /** At least what waits, or less by {@link LOOK_SHARE}: readers do not tell what they have read. */
  #bytes = 0;
  #lookAtBytes: number;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
    this.#lookAtBytes = limitBytes;
  }

  /** More waits for a reader than before. */
  grow(reader: Backlogged, bytes: number): void {
    this.#waiting.add(reader);
    this.#bytes += bytes;
    if (this.#bytes > this.#lookAtBytes) this.#look();
  }

  #look(): void {
    this.#bytes = 0;
    for (const reader of this.#waiting) {
      const { backlogBytes } = reader;
      if (backlogBytes === 0) this.#waiting.delete(reader);
      this.#bytes += backlogBytes;
    }
    if (this.#bytes > this.#limitBytes) this.#cutSlowest();
    this.#lookAtBytes = Math.max(this.#limitBytes, this.#bytes + this.#limitBytes * LOOK_SHARE);
  }

  #cutSlowest(): void {
    const slowestLast = [...this.#waiting].sort((a, b) => a.backlogBytes - b.backlogBytes);
    while (this.#bytes > this.#limitBytes * LEFT_SHARE) {
      const slowest = slowestLast.pop();
      if (slowest === undefined) return;
      this.#bytes -= slowest.backlogBytes;
      this.#waiting.delete(slowest);
      slowest.cut();
    }
  }
}
