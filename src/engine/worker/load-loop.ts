import type { ClockNs } from '../../base/clock.ts';
import type { ArrivalStream } from '../../workload/stream.ts';
import type { CreateTicker, Ticker } from './ticker.ts';
import { TurnPace } from './turn-pace.ts';

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
  /** Whether a loop that is short of time takes more arrivals a turn, so that their frames share writes. Open model only. */
  readonly catchUp: boolean;
  /** Bytes read off the sockets so far: what was done between two turns. */
  readonly received: () => number;
  /** Handshakes under way: their steps are work, too, but some bring no bytes. */
  readonly opening: () => number;
  /** How long the event loop has slept so far, ns, as the runtime itself counts it. */
  readonly sleptNs: () => number;
}

/** Read the clock again after so many arrivals: each may have taken a while. */
const CLOCK_EVERY = 16;
/** A look at the sockets that finds nothing takes less than this. What takes longer was no look: a collection, a timer, a stolen core. */
const LONGEST_LOOK_NS = 100_000;
/** While there are handshakes: a step of one takes longer than this. */
const LONGEST_LOOK_BESIDE_HANDSHAKES_NS = 10_000;
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
  readonly #pace: TurnPace;
  #scheduled = false;
  #ended = false;
  #spinNs = 0;
  /** Since when there is nothing to do; 0 where there is. */
  #idleFromNs = 0;
  /** And until when. */
  #idleUntilNs = 0;
  #isAsleep = false;
  /** How long the event loop had slept when this loop went to sleep. */
  #sleptNs = 0;
  #received = 0;
  #resolve: () => void = () => undefined;
  readonly #done: Promise<void>;

  constructor(options: LoadLoopOptions) {
    this.#options = options;
    this.#pace = new TurnPace(options);
    this.#done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#ticker = options.createTicker(() => this.poke());
  }

  /** Nanoseconds in which the loop went round and found nothing to do: no arrival due, nothing received. Waiting, not work. */
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
    this.#countIdle(nowNs);
    const fired = this.#fireDue(nowNs);
    this.#options.flush();
    this.#arrangeNext(fired, nowNs);
  }

  /** How much of the time since the last turn was idle. */
  #countIdle(nowNs: number): void {
    const { received, sleptNs } = this.#options;
    const before = this.#received;
    this.#received = received();
    if (this.#isAsleep) {
      // Whatever came meanwhile: the runtime itself knows for how long it slept.
      this.#pace.idled(sleptNs() - this.#sleptNs);
    } else if (this.#idleFromNs > 0 && this.#received === before) this.#countLook(nowNs);
    this.#idleFromNs = 0;
    this.#isAsleep = false;
  }

  /** A look that found nothing is waiting, no longer than until there was something to do, and where it was no more than a look. */
  #countLook(nowNs: number): void {
    const longestNs = this.#options.opening() > 0 ? LONGEST_LOOK_BESIDE_HANDSHAKES_NS : LONGEST_LOOK_NS;
    if (nowNs - this.#idleFromNs >= longestNs) return;
    const idleNs = Math.min(nowNs, this.#idleUntilNs) - this.#idleFromNs;
    this.#spinNs += idleNs;
    this.#pace.idled(idleNs);
  }

  #fireDue(startNs: number): number {
    const { clock } = this.#options;
    const lateNs = startNs - this.#earliestNs(startNs);
    if (lateNs < this.#pace.holdNs) return 0;
    const most = this.#pace.most(lateNs);
    let nowNs = startNs;
    let fired = 0;
    while (fired < most) {
      const stream = this.#due(nowNs);
      if (stream === null) break;
      stream.fire(nowNs);
      fired++;
      if (fired % CLOCK_EVERY === 0) nowNs = clock();
    }
    return fired;
  }

  #arrangeNext(fired: number, startNs: number): void {
    const { endNs, clock } = this.#options;
    const { wakeEarlyNs } = this.#ticker;
    const nowNs = clock();
    this.#pace.turned(fired, nowNs - startNs);
    this.#pace.follow(nowNs);
    const dueNs = this.#earliestNs(nowNs) + this.#pace.holdNs;
    const wakeNs = nowNs < endNs ? Math.min(dueNs, endNs) : dueNs;
    if (wakeNs === Number.POSITIVE_INFINITY) {
      this.stop();
      return;
    }
    const built = wakeNs - nowNs > SLACK_NS ? this.#buildAhead(wakeNs - SLACK_NS) : 0;
    if (built === FRAMES_PER_TURN) {
      this.poke();
      return;
    }
    if (wakeNs > nowNs) this.#idle(fired + built > 0 ? clock() : startNs, wakeNs);
    if (wakeNs - nowNs <= wakeEarlyNs) {
      this.poke();
    } else {
      this.#isAsleep = true;
      this.#sleptNs = this.#options.sleptNs();
      this.#ticker.wakeAt(wakeNs - wakeEarlyNs);
    }
  }

  /** There is nothing to do from one time to another. */
  #idle(fromNs: number, untilNs: number): void {
    this.#idleFromNs = Math.min(fromNs, untilNs);
    this.#idleUntilNs = untilNs;
  }

  /** @returns how many frames were built; fewer than {@link FRAMES_PER_TURN} where there is no more time, or nothing more to build */
  #buildAhead(untilNs: number): number {
    const { streams, clock } = this.#options;
    for (let built = 0; built < FRAMES_PER_TURN; built++) {
      if (clock() >= untilNs || !streams.some((stream) => stream.readAhead())) return built;
    }
    return FRAMES_PER_TURN;
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
