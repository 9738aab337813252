import { performance } from 'node:perf_hooks';
import { findProcess } from '../processes.ts';
import type { DatabaseWatch } from './database-watch.ts';
import { Inertness } from './silence.ts';

/** A primary that does nothing at all is given up after this long without an answer. */
const INERT_SILENCE_MS = 1_200;
/** One that does something, but answers nobody. */
const SILENCE_MS = 5_000;
/** From here on it is looked at what it does. */
const DOUBT_MS = 300;
/** Silence is counted while looks come in time: a supervisor that was late has not heard the answers that were there. */
const LOOK_MAX_MS = 250;

/** Decides whether the primary is lost. */
export class PrimaryWatch {
  readonly #inertness: Inertness;
  readonly #nowMs: () => number;
  #name = '';
  #lastLookMs: number;
  #excusedMs = 0;

  /** @param options tests pass their own */
  constructor(options: { readonly inertness?: Inertness; readonly nowMs?: () => number } = {}) {
    this.#inertness = options.inertness ?? new Inertness();
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#lastLookMs = this.#nowMs();
  }

  /** Looks at it, again and again. @returns whether its process has ended, or it hangs */
  look(primary: Pick<DatabaseWatch, 'node' | 'silentMs'>): boolean {
    const { node, silentMs } = primary;
    const sinceMs = this.#nowMs() - this.#lastLookMs;
    this.#lastLookMs += sinceMs;
    if (node.name !== this.#name || silentMs < DOUBT_MS) this.#forget(node.name);
    else if (sinceMs > LOOK_MAX_MS) this.#excusedMs += sinceMs;
    if (findProcess(node) === null) return true;
    const silence = silentMs - this.#excusedMs;
    if (silence < DOUBT_MS) return false;
    const isInert = this.#inertness.look(node);
    return silence > (isInert ? INERT_SILENCE_MS : SILENCE_MS);
  }

  #forget(name: string): void {
    this.#name = name;
    this.#excusedMs = 0;
    this.#inertness.forget();
  }
}
