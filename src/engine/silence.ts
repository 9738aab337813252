import { afterPoll } from '../base/after-poll.ts';
import { type ClockNs, monotonicNs, NS_PER_MS } from '../base/clock.ts';

export interface SilenceOptions {
  /** Longer than this without a word is silence. */
  readonly longestMs: number;
  /** Called once. */
  readonly onSilence: () => void;
  readonly clock?: ClockNs;
}

/** Looks so often within the longest silence. */
const LOOKS = 12;
/** A look that comes so many times later than it should says that this process itself stood still. */
const STOOD_STILL = 4;

/**
 * Watches whether somebody is still heard. What is late because this process itself stood still (a laptop that slept, a
 * frozen container) is read first, and the silence counts anew.
 */
export class Silence {
  readonly #options: Required<SilenceOptions>;
  readonly #timer: NodeJS.Timeout;
  #heardNs: number;
  #lookedNs: number;

  constructor(options: SilenceOptions) {
    this.#options = { clock: monotonicNs, ...options };
    this.#heardNs = this.#lookedNs = this.#options.clock();
    this.#timer = setInterval(() => afterPoll(() => this.#look()), this.#everyMs);
  }

  /** Something came. */
  heard(): void {
    this.#heardNs = this.#options.clock();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  get #everyMs(): number {
    return this.#options.longestMs / LOOKS;
  }

  #look(): void {
    const nowNs = this.#options.clock();
    const stoodStill = nowNs - this.#lookedNs > this.#everyMs * STOOD_STILL * NS_PER_MS;
    this.#lookedNs = nowNs;
    if (stoodStill) this.#heardNs = nowNs;
    if (nowNs - this.#heardNs <= this.#options.longestMs * NS_PER_MS) return;
    this.stop();
    this.#options.onSilence();
  }
}
