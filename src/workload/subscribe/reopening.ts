import { afterPoll } from '../../base/after-poll.ts';
import { type BackOff, CLIENT_BACK_OFF, waitMs } from '../../base/back-off.ts';

export interface ReopeningOptions {
  /** Opens the subscription of a connection again, where that is open. */
  readonly reopen: (connection: number) => void;
  /** Uniform in [0, 1). */
  readonly draw: () => number;
  readonly backOff?: BackOff;
}

/** With these a relay says no for good (NIP-01, NIP-42). */
const FINAL: ReadonlySet<string> = new Set([
  'auth-required',
  'restricted',
  'blocked',
  'invalid',
  'unsupported',
]);

/** Whether a relay that ends or refuses a subscription with this word does so for good. */
export function isFinal(prefix: string): boolean {
  return FINAL.has(prefix);
}

/**
 * Opens live subscriptions again that the relay has ended, as clients do: after a wait with full jitter whose bound doubles
 * each time, so that a relay which ends them at once is not asked for ever more.
 */
export class Reopening {
  readonly #options: ReopeningOptions;
  readonly #attempts = new Map<number, number>();
  readonly #timers = new Map<number, NodeJS.Timeout>();

  constructor(options: ReopeningOptions) {
    this.#options = options;
  }

  /** The relay has ended a subscription that was live, with this word. */
  onEnded(connection: number, prefix: string): void {
    if (FINAL.has(prefix) || this.#timers.has(connection)) return;
    const { reopen, draw, backOff = CLIENT_BACK_OFF } = this.#options;
    const attempt = this.#attempts.get(connection) ?? 0;
    this.#attempts.set(connection, attempt + 1);
    const again = (): void => {
      // It may have been forgotten while frames were read.
      if (this.#timers.delete(connection)) reopen(connection);
    };
    this.#timers.set(
      connection,
      setTimeout(() => afterPoll(again), waitMs(backOff, attempt, draw())),
    );
  }

  /** The connection is gone. */
  forget(connection: number): void {
    clearTimeout(this.#timers.get(connection));
    this.#timers.delete(connection);
  }

  /** No subscription is opened any more. */
  stop(): void {
    for (const connection of [...this.#timers.keys()]) this.forget(connection);
  }
}
