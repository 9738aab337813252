import type { Steps } from './steps.ts';

/** A client that uses no more than this part of the thread is served at once, whoever else is there. */
const SHARE = 0.02;
/** What it may use at once after a silence, in milliseconds. */
const BURST_MS = 2;
/** What it has used too much is forgotten after so many milliseconds, however much it was. */
const MEMORY_MS = 10_000;
/** A new client is behind those who are known to use little: coming again must not pay. */
const NEW_MS = 1_000;
/** Most that is counted for one piece of work, in milliseconds: on a busy machine somebody else may have had the core. */
const CHARGE_MAX_MS = 20;
/** A computation goes on for so long, in milliseconds, where it is its turn. */
const STEP_MS = 1;

/** Computations of one client that go on in turn; further ones are begun when one of them ends. */
const COMPUTED_AT_ONCE = 4;

/** A piece of a computation; true where there is more of it. */
type Task = () => boolean;

/** What a lane has its turns from. */
export interface TurnGiver {
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  /** Gives a lane a place in the order; one that has a place keeps it. */
  wait(lane: Lane): void;
  /** Whether nobody waits, and this turn of the event loop has time left: then nobody loses by what is done at once. */
  hasTime(nowMs: number): boolean;
}

/** A message that waits, and what handles it. */
interface Message {
  readonly handle: (item: never) => void;
  readonly item: unknown;
}

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

/** Made once: a trace of the stack would cost more than what is cancelled. */
export const CANCELLED = new CancelledError();

/**
 * The work of one client on the thread that all share. What it has used lately decides whether a message of it is handled
 * at once or waits for its turn, see `Turns`.
 */
export class Lane {
  readonly #turns: TurnGiver;
  #messages: Message[] = [];
  #handled = 0;
  #tasks: Task[] = [];
  /** When what it has used would be its share: behind this moment lies what it has used too much. */
  #paidMs: number;
  /** Whether it has a place in the order of turns. */
  isWaiting = false;

  constructor(turns: TurnGiver) {
    this.#turns = turns;
    this.#paidMs = turns.clock() + NEW_MS;
  }

  /** Who has used less of late comes first; monotonic milliseconds. */
  get paidMs(): number {
    return this.#paidMs;
  }

  /** Messages that wait for their turn. */
  get backlog(): number {
    return this.#messages.length - this.#handled;
  }

  /**
   * Handles a message: at once, or after those before it where the client has used more than its share and others may lose
   * by it.
   */
  receive<T>(handle: (item: T) => void, item: T): void {
    const nowMs = this.#turns.clock();
    if (this.backlog > 0 || !this.#isServedAt(nowMs)) {
      this.#messages.push({ handle, item });
      this.#turns.wait(this);
      return;
    }
    handle(item);
    this.#charge(nowMs);
  }

  /** Does a piece of work like the handling of a message; it may throw. */
  call<T>(work: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      };
      this.receive(settle, undefined);
    });
  }

  /**
   * Makes the steps of a computation, the first ones at once where the client has not used its share.
   * @throws CancelledError where it was cancelled before its end
   */
  run<T>(steps: Steps<T>, wanted: Wanted): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#begin(() => {
        try {
          const step = this.#stepsUntil(this.#turns.clock() + STEP_MS, steps, wanted);
          if (step.done !== true) return true;
          resolve(step.value);
        } catch (error) {
          reject(error);
        }
        return false;
      });
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
    if (task?.() === true) this.#tasks.splice(COMPUTED_AT_ONCE - 1, 0, task);
    this.#charge(startedMs);
    return this.backlog + this.#tasks.length > 0;
  }

  #stepsUntil<T>(endMs: number, steps: Steps<T>, wanted: Wanted): IteratorResult<void, T> {
    for (;;) {
      if (wanted.isCancelled) throw CANCELLED;
      const step = steps.next();
      if (step.done === true || this.#turns.clock() >= endMs) return step;
    }
  }

  #begin(task: Task): void {
    const nowMs = this.#turns.clock();
    if (this.#tasks.length === 0 && this.#isServedAt(nowMs)) {
      const hasMore = task();
      this.#charge(nowMs);
      if (!hasMore) return;
    }
    this.#tasks.push(task);
    this.#turns.wait(this);
  }

  #handleUntil(endMs: number): void {
    do {
      const message = this.#messages[this.#handled];
      if (message === undefined) break;
      this.#handled++;
      message.handle(message.item as never);
    } while (this.#turns.clock() < endMs);
    // Also where it never catches up, what was handled is let go of.
    if (this.#handled * 2 < this.#messages.length) return;
    this.#messages = this.#messages.slice(this.#handled);
    this.#handled = 0;
  }

  /** Whether the client is served at once: it has lately used no more than its share, or nobody else is there. */
  #isServedAt(nowMs: number): boolean {
    return this.#paidMs - nowMs <= BURST_MS / SHARE || this.#turns.hasTime(nowMs);
  }

  #charge(startedMs: number): void {
    const nowMs = this.#turns.clock();
    const usedMs = Math.min(CHARGE_MAX_MS, nowMs - startedMs);
    const paidMs = Math.max(this.#paidMs, startedMs) + usedMs / SHARE;
    this.#paidMs = Math.min(paidMs, nowMs + MEMORY_MS);
  }
}
