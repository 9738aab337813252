import { performance } from 'node:perf_hooks';
import { Lane } from './lane.ts';

/** Milliseconds of waiting work that are done in one turn of the event loop, and of one client at a time. */
const TURN_MS = 5;
const SLICE_MS = 1;

/** What turns are taken with; tests pass their own. */
export interface TurnsOptions {
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  /** Calls back in the next turn of the event loop, after all sockets were read. */
  readonly nextTurn: (callback: () => void) => void;
}

/**
 * Shares the one thread among clients. Whoever uses little of it is served at once; the work of all others waits in lanes
 * that have a slice each in turn, a few milliseconds of them together in each turn of the event loop. So one client, or
 * many, can fill the thread, and another one still is answered within a few turns.
 */
export class Turns {
  readonly clock: () => number;
  readonly #nextTurn: TurnsOptions['nextTurn'];
  #waiting: Lane[] = [];
  #isScheduled = false;

  constructor({ clock, nextTurn }: TurnsOptions = { clock: () => performance.now(), nextTurn: setImmediate }) {
    this.clock = clock;
    this.#nextTurn = nextTurn;
  }

  /** A lane for one client. */
  lane(): Lane {
    return new Lane(this);
  }

  /** Gives a lane a place at the end of the order; one that has a place keeps it. */
  wait(lane: Lane): void {
    if (!lane.isWaiting) this.#waiting.push(lane);
    lane.isWaiting = true;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    this.#nextTurn(() => this.#turn());
  }

  #turn(): void {
    this.#isScheduled = false;
    const endMs = this.clock() + TURN_MS;
    do {
      const lane = this.#waiting.shift();
      if (lane === undefined) break;
      lane.isWaiting = false;
      if (lane.turn(SLICE_MS)) this.wait(lane);
    } while (this.clock() < endMs);
    this.#schedule();
  }
}
