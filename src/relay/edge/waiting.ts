import { afterPoll } from '../../base/after-poll.ts';

/** Those who wait until the origin is there. */
export class Waiting {
  readonly #all = new Set<() => void>();

  /** Resolves when they are released, or after so many milliseconds. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        this.#all.delete(go);
        resolve();
      };
      const timer = setTimeout(() => afterPoll(go), ms).unref();
      this.#all.add(go);
    });
  }

  /** Lets all of them go on. */
  release(): void {
    for (const go of [...this.#all]) go();
  }
}
