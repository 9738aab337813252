import type { ArrivalSchedule } from './frame-ahead.ts';
import type { ArrivalStream } from './stream.ts';

export interface OpeningOptions {
  readonly schedule: ArrivalSchedule;
  readonly start: { readonly monotonicNs: number };
  /** Open connection `number` of this stream, scheduled at this monotonic time. */
  readonly open: (number: number, scheduledNs: number) => void;
  /** Handshakes under way. */
  readonly opening: () => number;
}

/** Arrivals of which each opens a connection, held to the end of the run. */
export class OpeningStream implements ArrivalStream {
  readonly #options: OpeningOptions;
  readonly unwritten = 0;

  constructor(options: OpeningOptions) {
    this.#options = options;
  }

  get pending(): number {
    return this.#options.opening();
  }

  get isOver(): boolean {
    return this.#options.schedule.peekNs() === Number.POSITIVE_INFINITY && this.pending === 0;
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
