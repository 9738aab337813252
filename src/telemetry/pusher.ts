import { messageOf } from '../base/errors.ts';
import type { Snapshot } from './view.ts';

export interface PusherOptions {
  /** In messages, without secrets: `push gateway http://127.0.0.1:9091/`. */
  readonly name: string;
  readonly everyMs?: number;
  readonly snapshot: () => Snapshot;
  /** @throws Error where it was not taken */
  readonly send: (snapshot: Snapshot) => Promise<void>;
  /** Told of the first failure, and of the first success after one. */
  readonly say: (line: string) => void;
}

const EVERY_MS = 5_000;

/**
 * Sends what is to be told again and again, one sending at a time, and at the end once more. A receiver that is away never
 * fails a run: that is said once, and counted.
 */
export class Pusher {
  readonly #options: PusherOptions;
  readonly #timer: NodeJS.Timeout;
  #underWay: Promise<void> | null = null;
  #isAway = false;
  #sent = 0;
  #failed = 0;
  #lastFailure = '';

  constructor(options: PusherOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      this.#underWay ??= this.#push().finally(() => {
        this.#underWay = null;
      });
    }, options.everyMs ?? EVERY_MS).unref();
  }

  /** No more by the clock; calling it again has no effect. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Sends what is to be told at the end. @returns what a reader of the record must know; null where all was taken */
  async finish(): Promise<string | null> {
    this.stop();
    await this.#underWay;
    await this.#push();
    if (this.#failed === 0) return null;
    const all = this.#sent + this.#failed;
    return `${this.#options.name} did not take ${this.#failed} of ${all} pushes: ${this.#lastFailure}`;
  }

  async #push(): Promise<void> {
    const { name, snapshot, send, say } = this.#options;
    try {
      await send(snapshot());
      this.#sent++;
      if (this.#isAway) say(`${name} takes metrics again`);
      this.#isAway = false;
    } catch (error) {
      this.#failed++;
      this.#lastFailure = messageOf(error);
      if (!this.#isAway) say(`${name} does not take metrics (${this.#lastFailure}); the run goes on`);
      this.#isAway = true;
    }
  }
}
