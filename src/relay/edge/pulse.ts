import { performance } from 'node:perf_hooks';
import { afterPoll } from '../../base/after-poll.ts';
import type { OriginTimes } from './origin-times.ts';

/** A moment, on both clocks. */
export interface Moment {
  /** Monotonic milliseconds. */
  readonly ms: number;
  /** Unix seconds. */
  readonly second: number;
}

export interface PulseParts {
  readonly times: Pick<OriginTimes, 'beatMs' | 'silenceMs'>;
  readonly now: () => Moment;
  readonly ping: () => void;
  /** A ping was answered: everything that the origin had told by the moment of the ping has come. */
  readonly onAnswer: (asked: Moment) => void;
  /** Nothing has come for too long; called once. */
  readonly onSilence: (reason: string) => void;
}

/**
 * Whether the origin is there. It is asked again and again; while an answer is awaited everything that it says is a sign of life:
 * an origin that has much to say, or to read, answers a ping behind all of that.
 */
export class Pulse {
  readonly #parts: PulseParts;
  /** When the ping was sent that is not answered; null where there is none. */
  #asked: Moment | null = null;
  /** Monotonic milliseconds. */
  #heardMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: PulseParts) {
    this.#parts = parts;
  }

  /** Begins to ask. */
  start(): void {
    const { times, now, ping } = this.#parts;
    this.#asked = now();
    this.#watch(times.silenceMs);
    ping();
  }

  stop(): void {
    this.#asked = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** The origin has said something. */
  heard(): void {
    this.#heardMs = performance.now();
  }

  /** The origin has answered a ping. */
  ponged(): void {
    const asked = this.#asked;
    if (asked === null) return;
    this.stop();
    this.#timer = setTimeout(() => this.start(), this.#parts.times.beatMs).unref();
    this.#parts.onAnswer(asked);
  }

  #watch(ms: number): void {
    const asked = this.#asked;
    const look = (): void => {
      if (asked !== null && this.#asked === asked) this.#look(asked);
    };
    this.#timer = setTimeout(() => afterPoll(look), ms).unref();
  }

  #look(asked: Moment): void {
    const { times, onSilence } = this.#parts;
    const leftMs = Math.max(asked.ms, this.#heardMs) + times.silenceMs - performance.now();
    if (leftMs > 0) {
      this.#watch(leftMs);
      return;
    }
    this.stop();
    onSilence(`no sign of life for ${times.silenceMs} ms`);
  }
}
