/** What a sender may still spend on invalid signatures, and below which part of it is served after others. */
const DOUBTFUL_SHARE = 1 / 2;

/** Whoever sends events to verify: one connection. */
export interface SenderOptions {
  /** Senders of one address share their turns. */
  readonly address: string;
  /** Invalid signatures that it may send more than valid ones; 0: any number. */
  readonly creditMax: number;
  /** Its credit is spent: called once. */
  readonly onSpent: () => void;
}

/** The credit of a sender: an invalid signature takes one, a valid one gives one back. */
export class Sender {
  readonly address: string;
  readonly #options: SenderOptions;
  #credit: number;

  constructor(options: SenderOptions) {
    this.address = options.address;
    this.#options = options;
    this.#credit = options.creditMax;
  }

  /** Whether it has sent so many invalid signatures that others come first. */
  get isDoubtful(): boolean {
    return this.#credit < this.#options.creditMax * DOUBTFUL_SHARE;
  }

  /** A signature of it was verified. */
  verified(isValid: boolean): void {
    const { creditMax, onSpent } = this.#options;
    if (creditMax === 0) return;
    if (isValid) this.#credit = Math.min(creditMax, this.#credit + 1);
    else if (--this.#credit === 0) onSpent();
  }
}
