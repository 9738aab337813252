import { NS_PER_MS, NS_PER_S } from '../../base/clock.ts';

export interface PacedReaderOptions {
  readonly bytes_per_s: number;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly now: () => number;
}

/** A reader that is late by less goes on as if it had been in time: else each timer would make it slower than it is to be. */
const SLACK_NS = 50 * NS_PER_MS;
/** Timers have a grain of a millisecond: shorter waits are not worth one. */
const LEAST_WAIT_NS = 1 * NS_PER_MS;

/**
 * Reads one connection at a bounded rate: what has been read costs its time before anything more is. A read hands over all
 * that has come, so that the bound holds on average and not for each message.
 */
export class PacedReader {
  readonly #options: PacedReaderOptions;
  /** Before this moment nothing more is to be read, monotonic ns. */
  #nextNs = 0;
  #timer: NodeJS.Timeout | null = null;
  /** Whether it has waited for its next read, which may be somewhat late. */
  #hasWaited = false;

  constructor(options: PacedReaderOptions) {
    this.#options = options;
  }

  get isPaused(): boolean {
    return this.#timer !== null;
  }

  /** So many bytes were read just now. */
  took(bytes: number): void {
    const { bytes_per_s, now, pause } = this.#options;
    const nowNs = now();
    const isLate = this.#hasWaited && nowNs - this.#nextNs < SLACK_NS;
    this.#hasWaited = false;
    const fromNs = isLate ? this.#nextNs : Math.max(this.#nextNs, nowNs);
    this.#nextNs = fromNs + (bytes / bytes_per_s) * NS_PER_S;
    if (this.#timer !== null || this.#nextNs - nowNs < LEAST_WAIT_NS) return;
    pause();
    this.#wait(nowNs);
  }

  /** Reads on as fast as it can. */
  release(): void {
    this.#nextNs = 0;
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#options.resume();
  }

  /** The connection is gone. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #wait(nowNs: number): void {
    this.#timer = setTimeout(() => this.#look(), Math.ceil((this.#nextNs - nowNs) / NS_PER_MS));
  }

  /** More may have come with the read that it was paused in. */
  #look(): void {
    const nowNs = this.#options.now();
    if (this.#nextNs > nowNs) {
      this.#wait(nowNs);
      return;
    }
    this.#timer = null;
    this.#hasWaited = true;
    this.#options.resume();
  }
}
