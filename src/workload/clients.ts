import { createRandom } from '../base/random.ts';
import { NONE } from '../wire/pending-table.ts';

/** The connections of one role on this worker: which of them the next arrival goes out on. */
export interface Clients {
  /** An open connection, or {@link NONE} where all are closed. */
  pick(): number;
}

/** Taken in turn; closed ones are passed over. */
export class Rotation implements Clients {
  readonly #numbers: readonly number[];
  readonly #isOpen: (connection: number) => boolean;
  #next = 0;

  constructor(numbers: readonly number[], isOpen: (connection: number) => boolean) {
    this.#numbers = numbers;
    this.#isOpen = isOpen;
  }

  pick(): number {
    for (let tried = 0; tried < this.#numbers.length; tried++) {
      const connection = this.#numbers[this.#next] as number;
      this.#next = this.#next + 1 === this.#numbers.length ? 0 : this.#next + 1;
      if (this.#isOpen(connection)) return connection;
    }
    return NONE;
  }
}

const TWO_TO_32 = 0x1_0000_0000;
/** Where so many drawn in a row are closed, most are. */
const DRAWS = 16;

/**
 * Drawn for each arrival, as independent users come: in turn, the gaps of each connection would be far more even than
 * those of the stream (the sum of N gaps varies √N times less than one), and a relay would never see one client twice in a
 * moment.
 */
export class RandomClients implements Clients {
  readonly #numbers: readonly number[];
  readonly #isOpen: (connection: number) => boolean;
  readonly #uint32: () => number;

  /** @param label names the role and the worker: others draw on their own */
  constructor(
    numbers: readonly number[],
    isOpen: (connection: number) => boolean,
    { seed, label }: { readonly seed: number; readonly label: string },
  ) {
    this.#numbers = numbers;
    this.#isOpen = isOpen;
    this.#uint32 = createRandom(seed, label).uint32;
  }

  pick(): number {
    if (this.#numbers.length === 0) return NONE;
    let at = 0;
    for (let drawn = 0; drawn < DRAWS; drawn++) {
      at = this.#draw();
      const connection = this.#numbers[at] as number;
      if (this.#isOpen(connection)) return connection;
    }
    return this.#firstOpenFrom(at);
  }

  #draw(): number {
    return Math.floor((this.#uint32() / TWO_TO_32) * this.#numbers.length);
  }

  #firstOpenFrom(start: number): number {
    const { length } = this.#numbers;
    for (let tried = 0; tried < length; tried++) {
      const connection = this.#numbers[(start + tried) % length] as number;
      if (this.#isOpen(connection)) return connection;
    }
    return NONE;
  }
}
