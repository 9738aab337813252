/** What a sender may still spend on invalid signatures, and below which part of it is served after others. */
const DOUBTFUL_SHARE = 1 / 2;

/**
 * Places that waiting events of one sender may take; while they take more, nothing more should be read from it. Few at
 * first and more with every valid signature: of somebody who sends invalid ones not many are looked at before that shows.
 */
const WAITING_LEAST = 16;
const WAITING_MAX = 256;
const WAITING_STEP = 2;

/** Whoever sends events to verify: one connection. */
export interface SenderOptions {
  /** Senders of one address share their turns. */
  readonly address: string;
  /** Invalid signatures that it may send more than valid ones; 0: any number. */
  readonly creditMax: number;
  /** Its credit is spent: called once. */
  readonly onSpent: () => void;
  /** Called whenever an event of it was settled and it is not, or no longer, {@link Sender.isBehind}. */
  readonly onRoom?: () => void;
}

/** The credit of a sender: an invalid signature takes one, a valid one gives one back. */
export class Sender {
  readonly address: string;
  readonly #options: SenderOptions;
  #credit: number;
  #waiting = 0;
  #waitingMax = WAITING_LEAST;

  constructor(options: SenderOptions) {
    this.address = options.address;
    this.#options = options;
    this.#credit = options.creditMax;
  }

  /** Whether it has sent so many invalid signatures that others come first. */
  get isDoubtful(): boolean {
    return this.#credit < this.#options.creditMax * DOUBTFUL_SHARE;
  }

  /** Whether so much of it waits that it should not be read from: what it sends would only pile up. */
  get isBehind(): boolean {
    return this.#waiting >= this.#waitingMax;
  }

  /** An event of it waits for verification, or for its turn after that. @param places that it takes, see `placesOf` */
  wait(places: number): void {
    this.#waiting += places;
  }

  /** It waits no longer. */
  settle(places: number): void {
    this.#waiting -= places;
    if (!this.isBehind) this.#options.onRoom?.();
  }

  /** A signature of it was verified. */
  verified(isValid: boolean): void {
    const { creditMax, onSpent } = this.#options;
    this.#waitingMax = isValid ? Math.min(WAITING_MAX, this.#waitingMax + WAITING_STEP) : WAITING_LEAST;
    if (creditMax === 0) return;
    if (isValid) this.#credit = Math.min(creditMax, this.#credit + 1);
    else if (--this.#credit === 0) onSpent();
  }
}
