import type { ClockNs } from '../../base/clock.ts';
import type { ArrivalStream } from '../../workload/stream.ts';
import type { CreateTicker, Ticker } from './ticker.ts';

export interface LoadLoopOptions {
  readonly streams: readonly ArrivalStream[];
  /** Write what the arrivals have staged. */
  readonly flush: () => void;
  readonly createTicker: CreateTicker;
  readonly clock: ClockNs;
  /** When offering ends, monotonic ns. Arrivals that were due before are carried out even after it. */
  readonly endNs: number;
  /** How many connections the arrivals are spread over. */
  readonly connections: number;
  /** Whether a late loop takes more arrivals a turn, so that their frames share writes. */
  readonly catchUp: boolean;
}

/** Read the clock again after so many arrivals: each may have taken a while. */
const CLOCK_EVERY = 16;
/** Leave the loop after so many, so that replies are not kept waiting. */
const MOST_PER_TURN = 256;
/**
 * Later than this the generator no longer keeps up (the run is already invalid at 5 ms, see engine/validity.ts). Then a
 * turn carries out so many arrivals for every connection: frames that leave in one write cost a fraction of frames
 * that leave alone, so that the generator catches up rather than falling behind further.
 */
const CATCH_UP_AFTER_NS = 10_000_000;
const CATCH_UP_PER_CONNECTION = 4;
const LEAST_TO_CATCH_UP = 1_024;
/** A turn of so many takes about 40 ms: replies wait no longer than that. */
const MOST_TO_CATCH_UP = 4_096;
/** Frames are built ahead only while the next arrival is at least this far away. */
const SLACK_NS = 150_000;
const FRAMES_PER_TURN = 16;

/**
 * The one loop that offers load. It knows nothing of what an arrival does, when it is due or when to stop: that is
 * said by the streams, the clock and `endNs`.
 */
export class LoadLoop {
  readonly #options: LoadLoopOptions;
  readonly #ticker: Ticker;
  #scheduled = false;
  #ended = false;
  #spinNs = 0;
  #spinFromNs = 0;
  #resolve: () => void = () => undefined;
  readonly #done: Promise<void>;

  constructor(options: LoadLoopOptions) {
    this.#options = options;
    this.#done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#ticker = options.createTicker(() => this.poke());
  }

  /** Nanoseconds spent in turns of the loop that found nothing to do yet: waiting, not work. */
  get spinNs(): number {
    return this.#spinNs;
  }

  /** Offer until the streams are exhausted or {@link stop} is called. */
  async run(): Promise<void> {
    this.poke();
    await this.#done;
    await this.#ticker.stop();
  }

  /** Look for due arrivals soon; many calls in one turn cost one look. */
  poke(): void {
    if (this.#scheduled || this.#ended) return;
    this.#scheduled = true;
    setImmediate(() => this.#turn());
  }

  stop(): void {
    this.#ended = true;
    this.#resolve();
  }

  #turn(): void {
    this.#scheduled = false;
    if (this.#ended) return;
    const nowNs = this.#options.clock();
    if (this.#spinFromNs > 0) this.#spinNs += nowNs - this.#spinFromNs;
    this.#spinFromNs = 0;
    const fired = this.#fireDue(nowNs);
    this.#options.flush();
    this.#arrangeNext(fired);
  }

  #fireDue(startNs: number): number {
    const most = this.#mostPerTurn(startNs);
    let nowNs = startNs;
    let fired = 0;
    while (fired < most) {
      const stream = this.#due(nowNs);
      if (stream === null) break;
      stream.fire(nowNs);
      fired++;
      if (fired % CLOCK_EVERY === 0) nowNs = this.#options.clock();
    }
    return fired;
  }

  #mostPerTurn(nowNs: number): number {
    const { catchUp, connections } = this.#options;
    if (!catchUp || nowNs - this.#earliestNs(nowNs) <= CATCH_UP_AFTER_NS) return MOST_PER_TURN;
    const wanted = connections * CATCH_UP_PER_CONNECTION;
    return Math.min(Math.max(wanted, LEAST_TO_CATCH_UP), MOST_TO_CATCH_UP);
  }

  #arrangeNext(fired: number): void {
    const { endNs, clock } = this.#options;
    const { wakeEarlyNs } = this.#ticker;
    const nowNs = clock();
    const dueNs = this.#earliestNs(nowNs);
    if (dueNs === Number.POSITIVE_INFINITY && nowNs >= endNs) {
      this.stop();
      return;
    }
    const wakeNs = Math.min(dueNs, endNs > nowNs ? endNs : dueNs);
    if (wakeNs - nowNs > SLACK_NS && this.#buildAhead(wakeNs - SLACK_NS)) {
      this.poke();
    } else if (wakeNs - nowNs <= wakeEarlyNs) {
      if (fired === 0) this.#spinFromNs = nowNs;
      this.poke();
    } else {
      this.#ticker.wakeAt(wakeNs - wakeEarlyNs);
    }
  }

  /** @returns true where there is more to build */
  #buildAhead(untilNs: number): boolean {
    const { streams, clock } = this.#options;
    for (let built = 0; built < FRAMES_PER_TURN; built++) {
      if (clock() >= untilNs) return false;
      const isBuilt = streams.some((stream) => stream.readAhead());
      if (!isBuilt) return false;
    }
    return true;
  }

  /** The stream whose arrival has waited longest; null where none is due. */
  #due(nowNs: number): ArrivalStream | null {
    let due: ArrivalStream | null = null;
    let earliestNs = nowNs;
    for (const stream of this.#options.streams) {
      const dueNs = stream.dueNs(nowNs);
      if (dueNs > earliestNs || (due !== null && dueNs === earliestNs)) continue;
      due = stream;
      earliestNs = dueNs;
    }
    return due;
  }

  #earliestNs(nowNs: number): number {
    let earliestNs = Number.POSITIVE_INFINITY;
    for (const stream of this.#options.streams) earliestNs = Math.min(earliestNs, stream.dueNs(nowNs));
    return earliestNs;
  }
}
