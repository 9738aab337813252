/** Leave a turn after so many arrivals where the loop may not catch up: replies are not kept waiting. */
const MOST_PER_TURN = 256;
/** A turn takes as many arrivals as it can carry out and write in this time. */
const LONGEST_TURN_NS = 1_500_000;
const LEAST_PER_TURN = 128;
const MOST_WITHIN_TIME = 1_024;
/** What an arrival costs before anything was measured, and how far each turn moves that: it follows the median, so that one stalled turn says nothing. */
const FIRST_COST_NS = 6_000;
const COST_STEP = 1.02;
/** A turn of fewer says little about what an arrival costs among many. */
const TELLING_TURN = 64;

/**
 * An arrival that is later than this counts as late (see engine/validity.ts), the run is nearly lost. Then a turn carries out so
 * many arrivals for every connection: frames that leave in one write cost a fraction of frames that leave alone, so that the
 * generator catches up rather than falling behind further.
 */
const CATCH_UP_AFTER_NS = 5_000_000;
const CATCH_UP_PER_CONNECTION = 4;
const LEAST_TO_CATCH_UP = 1_024;
/** A turn of so many takes about 40 ms: replies wait no longer than that. */
const MOST_TO_CATCH_UP = 4_096;

/** The share of busy time that is held against {@link HOLD_ABOVE} is that of the last few windows of so long. */
const WINDOW_NS = 5_000_000;
const WINDOW_WEIGHT = 1 / 8;
/** A loop that is busier than this gathers arrivals before it begins a turn; less busy than the other, it stops that. */
const HOLD_ABOVE = 0.85;
const HOLD_BELOW = 0.8;
const HOLD_UP_NS = 50_000;
const HOLD_DOWN_NS = 25_000;
/** Together with the turn itself an arrival is less than 3 ms late. */
const MOST_HOLD_NS = 1_750_000;
/** Where fewer arrivals than this come in that time there is nothing to gather: what keeps the loop busy is something else. */
const LEAST_GATHERED = 16;
/** Where fewer arrivals than this come for each connection in that time, hardly any would share a write. */
const LEAST_SHARED = 0.2;
/** Then arrivals share the round of the event loop alone, some microseconds, and waiting longer gains nothing. */
const HOLD_ALONE_NS = 300_000;

export interface TurnPaceOptions {
  /** How many connections the arrivals are spread over. */
  readonly connections: number;
  /** Whether arrivals may share writes where the loop is short of time; otherwise turns are short and begin at once. */
  readonly catchUp: boolean;
}

/**
 * When a turn of the load loop begins and how much it does. A frame that leaves alone costs a system call, and so does its
 * answer; frames of one connection that leave together share both, and all that leave together share a round of the event loop. So a loop that is short of time lets the first of its
 * arrivals wait, at most 1.75 ms, until there are more of them, and has time again. At rates that leave it time nothing waits.
 */
export class TurnPace {
  readonly #options: TurnPaceOptions;
  #costNs = FIRST_COST_NS;
  #holdNs = 0;
  #busy = 0;
  #windowFromNs = 0;
  #idleNs = 0;
  #fired = 0;

  constructor(options: TurnPaceOptions) {
    this.#options = options;
  }

  /** How long after its time the first arrival of a turn is carried out, ns. */
  get holdNs(): number {
    return this.#holdNs;
  }

  /** How many arrivals a turn carries out whose first one is so late. */
  most(lateNs: number): number {
    const { catchUp, connections } = this.#options;
    if (!catchUp) return MOST_PER_TURN;
    if (lateNs <= CATCH_UP_AFTER_NS)
      return clamp(LONGEST_TURN_NS / this.#costNs, LEAST_PER_TURN, MOST_WITHIN_TIME);
    return clamp(connections * CATCH_UP_PER_CONNECTION, LEAST_TO_CATCH_UP, MOST_TO_CATCH_UP);
  }

  /** A turn is over: so many arrivals were carried out and written. */
  turned(fired: number, tookNs: number): void {
    this.#fired += fired;
    if (fired < TELLING_TURN) return;
    this.#costNs *= tookNs > this.#costNs * fired ? COST_STEP : 1 / COST_STEP;
  }

  /** The loop had nothing to do for so long. */
  idled(ns: number): void {
    this.#idleNs += ns;
  }

  /** Between two turns: follow how busy the loop is. */
  follow(nowNs: number): void {
    const elapsedNs = nowNs - this.#windowFromNs;
    if (elapsedNs < WINDOW_NS) return;
    // The first window has begun before there was anything to do.
    if (this.#windowFromNs > 0 && this.#options.catchUp) this.#judge(elapsedNs);
    this.#windowFromNs = nowNs;
    this.#idleNs = 0;
    this.#fired = 0;
  }

  #judge(elapsedNs: number): void {
    this.#busy += (1 - this.#idleNs / elapsedNs - this.#busy) * WINDOW_WEIGHT;
    const mostNs = this.#mostHoldNs((this.#fired / elapsedNs) * MOST_HOLD_NS);
    const isLess = this.#busy < HOLD_BELOW || this.#holdNs > mostNs;
    if (isLess) this.#holdNs = Math.max(0, this.#holdNs - HOLD_DOWN_NS);
    else if (this.#busy > HOLD_ABOVE) this.#holdNs = Math.min(mostNs, this.#holdNs + HOLD_UP_NS);
  }

  /** @param gathered arrivals that come within the longest hold */
  #mostHoldNs(gathered: number): number {
    if (gathered < LEAST_GATHERED) return 0;
    return gathered < LEAST_SHARED * this.#options.connections ? HOLD_ALONE_NS : MOST_HOLD_NS;
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(Math.floor(value), least), most);
}
