import { messageOf } from '../base/errors.ts';

/** A host name with several addresses fails with an error of each. */
export function reasonOf(cause: unknown): string {
  return cause instanceof AggregateError ? cause.errors.map(messageOf).join(', ') : messageOf(cause);
}

/** Tells of a server that it has failed, once and with the first cause, and once that it works again. */
export class Outage {
  readonly #name: string;
  readonly #log: (text: string) => void;
  #isDown = false;

  /** @param name what the messages call the server, for example `Postgres at 127.0.0.1:5432` */
  constructor(name: string, log: (text: string) => void) {
    this.#name = name;
    this.#log = log;
  }

  /** Something that was asked of the server has failed. */
  failed(error: unknown): void {
    if (this.#isDown) return;
    this.#isDown = true;
    this.#log(`${this.#name} has failed: ${reasonOf(error)}`);
  }

  /** The server has answered. */
  answered(): void {
    if (!this.#isDown) return;
    this.#isDown = false;
    this.#log(`${this.#name} works again`);
  }
}
