import type { ArrivalSchedule } from './frame-ahead.ts';
import type { ArrivalStream } from './stream.ts';

export interface ConnectOptions {
  readonly schedule: ArrivalSchedule;
  readonly start: { readonly monotonicNs: number };
  /** Open connection `number` of this stream, scheduled at this monotonic time. */
  readonly open: (number: number, scheduledNs: number) => void;
  /** Handshakes under way. */
  readonly opening: () => number;
}

/** A storm of new connections: each arrival opens one and holds it to the end of the run. */
export class ConnectWorkload implements ArrivalStream {
  readonly #options: ConnectOptions;
  readonly unwritten = 0;

  constructor(options: ConnectOptions) {
    this.#options = options;
  }

  get pending(): number {
    return this.#options.opening();
  }

  dueNs(): number {
    return this.#options.schedule.peekNs() + this.#options.start.monotonicNs;
  }

  fire(): void {
    const { schedule, open } = this.#options;
    const scheduledNs = this.dueNs();
    const number = schedule.peekNumber();
    schedule.advance();
    open(number, scheduledNs);
  }

  readAhead(): boolean {
    return false;
  }

  /** The handshake has its own deadline. */
  expire(): void {
    // Nothing is kept here.
  }
}
