import { performance } from 'node:perf_hooks';
import { Heap } from '../store/heap.ts';
import { Lane, type TurnGiver } from './lane.ts';

/** Milliseconds of waiting work that are done in one turn of the event loop, and of one client at a time. */
const TURN_MS = 5;
const SLICE_MS = 1;

/** A lane in the order of turns. */
interface Place {
  readonly lane: Lane;
  /** See {@link Lane.paidMs}, when it took its place. */
  readonly paidMs: number;
  /** Of those who have used the same, who came first is first. */
  readonly number: number;
}

/** What turns are taken with; tests pass their own. */
export interface TurnsOptions {
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  /** Calls back in the next turn of the event loop, after all sockets were read. */
  readonly nextTurn: (callback: () => void) => void;
}

/**
 * Shares the one thread among clients. Whoever uses little of it is served at once; the work of all others waits in lanes,
 * a few milliseconds of which are done in each turn of the event loop, that of the client who has used least first. So one
 * client, or many, can fill the thread, and another one still is answered within a few turns.
 */
export class Turns implements TurnGiver {
  readonly clock: () => number;
  readonly #nextTurn: TurnsOptions['nextTurn'];
  readonly #waiting = new Heap<Place>((a, b) => a.paidMs - b.paidMs || a.number - b.number);
  #number = 0;
  #isScheduled = false;
  /** When this turn of the event loop has had its time for whoever uses much; 0 before anybody has asked. */
  #timeUntilMs = 0;

  constructor(
    { clock, nextTurn }: TurnsOptions = { clock: () => performance.now(), nextTurn: setImmediate },
  ) {
    this.clock = clock;
    this.#nextTurn = nextTurn;
  }

  /** A lane for one client. */
  lane(): Lane {
    return new Lane(this);
  }

  /** Gives a lane a place in the order; one that has a place keeps it. */
  wait(lane: Lane): void {
    if (lane.isWaiting) return;
    lane.isWaiting = true;
    this.#waiting.push({ lane, paidMs: lane.paidMs, number: this.#number++ });
    this.#schedule();
  }

  /** Whether nobody waits, and this turn of the event loop has time left. */
  hasTime(nowMs: number): boolean {
    if (this.#waiting.size > 0) return false;
    if (this.#timeUntilMs === 0) {
      this.#timeUntilMs = nowMs + TURN_MS;
      this.#nextTurn(() => {
        this.#timeUntilMs = 0;
      });
    }
    return nowMs < this.#timeUntilMs;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size === 0) return;
    this.#isScheduled = true;
    this.#nextTurn(() => this.#turn());
  }

  #turn(): void {
    this.#isScheduled = false;
    const endMs = this.clock() + TURN_MS;
    do {
      const lane = this.#waiting.pop()?.lane;
      if (lane === undefined) break;
      lane.isWaiting = false;
      if (lane.turn(SLICE_MS)) this.wait(lane);
    } while (this.clock() < endMs);
    this.#schedule();
  }
}
