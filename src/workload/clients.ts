import { NONE } from '../wire/pending-table.ts';

/** Connections that play one role on this worker, taken in turn; closed ones are passed over. */
export class Rotation {
  readonly #numbers: readonly number[];
  readonly #isOpen: (connection: number) => boolean;
  #next = 0;

  constructor(numbers: readonly number[], isOpen: (connection: number) => boolean) {
    this.#numbers = numbers;
    this.#isOpen = isOpen;
  }

  /** The next open connection, or {@link NONE} where all are closed. */
  pick(): number {
    for (let tried = 0; tried < this.#numbers.length; tried++) {
      const connection = this.#numbers[this.#next] as number;
      this.#next = this.#next + 1 === this.#numbers.length ? 0 : this.#next + 1;
      if (this.#isOpen(connection)) return connection;
    }
    return NONE;
  }
}
