import type { Effective } from './conditions.ts';

/** A throttled connection sends in pieces of so much time: what is sent arrives evenly, not in lumps. */
const PIECE_MS = 10;
const SMALLEST_PIECE = 64;

/** When the bytes of one direction of one connection arrive: in order, each as late and as slowly as the condition says. */
export class ArrivalSchedule {
  readonly #random: () => number;
  /** When the last byte so far arrives. */
  #lastMs = Number.NEGATIVE_INFINITY;

  /** @param random uniform in [0, 1) */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /**
   * When bytes that are sent now have arrived, ms on the clock of `nowMs`.
   * @param bytes how many of them
   */
  arrivalMs(nowMs: number, bytes: number, condition: Effective): number {
    return this.queuedMs(this.earliestMs(nowMs, condition), bytes, condition);
  }

  /** When bytes that were sent at a moment could have arrived, were there nothing before them and bandwidth without a bound. */
  earliestMs(sentMs: number, { latencyMs, jitterMs }: Effective): number {
    return sentMs + latencyMs + jitterMs * this.#random();
  }

  /** When they have arrived behind those before them. @param earliestMs of them */
  queuedMs(earliestMs: number, bytes: number, { bytesPerS }: Effective): number {
    const startMs = Math.max(earliestMs, this.#lastMs);
    this.#lastMs = startMs + (bytes / bytesPerS) * 1_000;
    return this.#lastMs;
  }

  /** Forgets what is under way: conditions have changed, and it is scheduled anew. */
  reset(): void {
    this.#lastMs = Number.NEGATIVE_INFINITY;
  }
}

/** How large the pieces are in which a connection is sent; Infinity where nothing bounds it. */
export function pieceBytes({ bytesPerS }: Effective): number {
  if (bytesPerS === Number.POSITIVE_INFINITY) return bytesPerS;
  return Math.max(SMALLEST_PIECE, Math.floor((bytesPerS * PIECE_MS) / 1_000));
}
