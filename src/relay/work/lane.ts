import type { Steps } from './steps.ts';
import type { Turns } from './turns.ts';

/** A client that uses no more than this part of the thread is served at once, whoever else is there. */
const SHARE = 0.02;
/** What it may use at once after a silence, in milliseconds. */
const BURST_MS = 2;
/** A computation goes on for so long, in milliseconds, where it is its turn. */
const STEP_MS = 1;

/** A piece of a computation; true where there is more of it. */
type Task = () => boolean;

/** Whether somebody still waits for an outcome. */
export interface Wanted {
  readonly isCancelled: boolean;
}

/** The outcome of what was cancelled: nobody waits for it, and nobody is told. */
export class CancelledError extends Error {
  constructor() {
    super('nobody waits for this any more');
  }
}

/**
 * The work of one client on the thread that all share. What it has used lately decides whether a message of it is handled
 * at once or waits for its turn, see {@link Turns}.
 */
export class Lane {
  readonly #turns: Turns;
  #messages: (() => void)[] = [];
  #handled = 0;
  #tasks: Task[] = [];
  #debtMs = 0;
  #countedMs: number;
  /** Whether it has a place in the order of turns. */
  isWaiting = false;

  constructor(turns: Turns) {
    this.#turns = turns;
    this.#countedMs = turns.clock();
  }

  /** Messages that wait for their turn. */
  get backlog(): number {
    return this.#messages.length - this.#handled;
  }

  /** Handles a message: at once, or after those before it where the client has used more than its share. */
  receive(handle: () => void): void {
    const nowMs = this.#turns.clock();
    if (this.backlog > 0 || this.#isHeavy(nowMs)) {
      this.#messages.push(handle);
      this.#turns.wait(this);
      return;
    }
    handle();
    this.#debtMs += this.#turns.clock() - nowMs;
  }

  /** Does a piece of work like the handling of a message; it may throw. */
  call<T>(work: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.receive(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /**
   * Makes the steps of a computation, the first ones at once where the client has not used its share.
   * @throws CancelledError where it was cancelled before its end
   */
  run<T>(steps: Steps<T>, wanted: Wanted): Promise<T> {
    return new Promise((resolve, reject) => {
      const task = (): boolean => {
        const endMs = this.#turns.clock() + STEP_MS;
        try {
          do {
            if (wanted.isCancelled) throw new CancelledError();
            const step = steps.next();
            if (step.done === true) {
              resolve(step.value);
              return false;
            }
          } while (this.#turns.clock() < endMs);
          return true;
        } catch (error) {
          reject(error);
          return false;
        }
      };
      this.#begin(task);
    });
  }

  /**
   * One turn: messages first, because they may cancel computations, then a part of the computation that waits longest.
   * @param sliceMs milliseconds after which no further message is begun
   * @returns whether there is more to do
   */
  turn(sliceMs: number): boolean {
    const startedMs = this.#turns.clock();
    this.#handleUntil(startedMs + sliceMs);
    const task = this.#tasks.shift();
    if (task?.() === true) this.#tasks.push(task);
    this.#debtMs += this.#turns.clock() - startedMs;
    return this.backlog + this.#tasks.length > 0;
  }

  #begin(task: Task): void {
    const nowMs = this.#turns.clock();
    if (this.#tasks.length === 0 && !this.#isHeavy(nowMs)) {
      const hasMore = task();
      this.#debtMs += this.#turns.clock() - nowMs;
      if (!hasMore) return;
    }
    this.#tasks.push(task);
    this.#turns.wait(this);
  }

  #handleUntil(endMs: number): void {
    do {
      const handle = this.#messages[this.#handled];
      if (handle === undefined) break;
      this.#handled++;
      handle();
    } while (this.#turns.clock() < endMs);
    if (this.backlog > 0) return;
    this.#messages = [];
    this.#handled = 0;
  }

  /** Whether the client has lately used more than its share. */
  #isHeavy(nowMs: number): boolean {
    this.#debtMs = Math.max(0, this.#debtMs - (nowMs - this.#countedMs) * SHARE);
    this.#countedMs = nowMs;
    return this.#debtMs > BURST_MS;
  }
}
