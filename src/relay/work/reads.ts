import { CANCELLED } from './lane.ts';
import type { Work } from './work.ts';

/** Questions of one client that are worked on at the same time where they are read here. */
export const READS_AT_ONCE = 4;

/**
 * The questions of one client: a few are worked on, and what they have read is in memory; all others wait as nothing but
 * their filters. Who asks for a hundred answers at once so takes no more than who asks for a few.
 */
export class Reads {
  readonly #atOnce: number;
  #inside = 0;
  /** Called when it is their turn, in the order of their coming. */
  readonly #waiting = new Set<() => void>();

  /** @param atOnce questions that are worked on at the same time */
  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Questions that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Reads for a question, at once or when it is its turn.
   * @throws CancelledError where it was cancelled before
   */
  async run<T>(work: Work, read: () => Promise<T>): Promise<T> {
    if (this.#inside < this.#atOnce) this.#inside++;
    else await this.#wait(work);
    try {
      return await read();
    } finally {
      this.#leave();
    }
  }

  #wait(work: Work): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        forget();
        resolve();
      };
      const forget = work.onCancel(() => {
        this.#waiting.delete(enter);
        reject(CANCELLED);
      });
      this.#waiting.add(enter);
    });
  }

  /** Passes the place on to whoever waits longest. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#inside--;
    else {
      this.#waiting.delete(next);
      next();
    }
  }
}
