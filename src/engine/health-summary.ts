import { percentileOfDelta } from '../metric/delta.ts';
import { LatencyHistogram } from '../metric/histogram.ts';
import type { Generator, Load } from '../result/schema.ts';
import type { SecondOfHealth, WorkerInterval } from './messages.ts';

/** Above this share of a second the event loop has no room left for lateness. */
export const SATURATED_UTILIZATION = 0.9;
/** Code is compiled, and memory and sockets are touched for the first time, in the first seconds of a process. */
export const COLD_S = 2;

type Distribution = Generator['eventLoopDelay_us'];
type GeneratorHealth = Omit<Generator, 'doubts' | 'sendLag_us' | 'steal' | 'workers'>;

/** Seconds of one worker of which some were bad. */
export interface BadSeconds {
  readonly bad: number;
  readonly measured: number;
  /** Of the bad ones, those among the first {@link COLD_S} that were measured. */
  readonly cold: number;
}

/** What the measured seconds of a run, or of one of its phases, say of its generator. */
export interface SecondsOfGenerator {
  saturated(): BadSeconds;
  /** Seconds in which the loop was late by more than this. */
  delayed(limit_us: number): BadSeconds;
  /** Operations whose answer may have waited for a loop that stood still for more than this. */
  interrupted(limit_us: number): number;
}

/** The longest pauses of the garbage collector that a record names. */
const LONGEST_PAUSES = 3;
const US_PER_S = 1_000_000;

interface MeasuredSecond extends SecondOfHealth {
  readonly index: number;
  readonly phase: number;
  readonly delayP99_us: number;
}

/** The generator's own health over the measured seconds, from all workers. */
export class HealthSummary {
  readonly #seconds = new Map<number, MeasuredSecond[]>();
  readonly #delays = new LatencyHistogram();
  readonly #delaysOfPhases = new Map<number, LatencyHistogram>();
  #rssMax_bytes = 0;
  readonly #phaseOf: (second: number) => number | null;

  /** @param phaseOf the measured phase that a second lies in; null where it was not measured whole */
  constructor(phaseOf: (second: number) => number | null) {
    this.#phaseOf = phaseOf;
  }

  add(worker: number, { index, health }: WorkerInterval): void {
    this.#rssMax_bytes = Math.max(this.#rssMax_bytes, health.rss_bytes);
    const phase = this.#phaseOf(index);
    if (phase === null) return;
    const delays = health.loopDelay_us;
    const seconds = this.#seconds.get(worker) ?? [];
    seconds.push({ ...health, index, phase, delayP99_us: percentileOfDelta(delays, 99) ?? 0 });
    this.#seconds.set(worker, seconds);
    this.#delays.addDelta(delays);
    const ofPhase = this.#delaysOfPhases.get(phase) ?? new LatencyHistogram();
    ofPhase.addDelta(delays);
    this.#delaysOfPhases.set(phase, ofPhase);
  }

  /** Seconds in which the event loop had no room left, of the worker that had most of them. */
  saturated(phase: number | null = null): BadSeconds {
    return this.#worst(phase, ({ utilization }) => utilization > SATURATED_UTILIZATION);
  }

  /** Seconds of which the event loop was late by more than `limit_us` for more than 1 % of the time. */
  delayed(limit_us: number, phase: number | null = null): BadSeconds {
    return this.#worst(phase, ({ delayP99_us }) => delayP99_us > limit_us);
  }

  /** Operations that were in flight each time that the loop of their worker stood still for more than `limit_us`. */
  interrupted(limit_us: number, phase: number | null = null): number {
    const seconds = [...this.#seconds.values()].flatMap((all) => within(phase, all));
    return seconds.reduce(
      (sum, { gaps_us, inFlight }) => sum + inFlight * gaps_us.filter((gap_us) => gap_us > limit_us).length,
      0,
    );
  }

  /** What the seconds of a measured phase say, or of all of them where it is null. */
  secondsOf(phase: number | null): SecondsOfGenerator {
    return {
      saturated: () => this.saturated(phase),
      delayed: (limit_us) => this.delayed(limit_us, phase),
      interrupted: (limit_us) => this.interrupted(limit_us, phase),
    };
  }

  /** What a phase of the record says of the event loop; nothing where no second of it was measured whole. */
  ofPhase(phase: number): Pick<Load['phases'][number], 'loopDelay_us'> {
    const delays = this.#delaysOfPhases.get(phase);
    return delays === undefined ? {} : { loopDelay_us: distributionOf(delays) };
  }

  summary(): GeneratorHealth {
    const workers = [...this.#seconds.values()];
    const all = workers.flat();
    return {
      cpuShare: highest(workers.map((seconds) => mean(seconds.map((second) => second.cpu_s)))),
      eventLoopUtilization: {
        mean: highest(workers.map((seconds) => mean(seconds.map((second) => second.utilization)))),
        max: highest(all.map((second) => second.utilization)),
      },
      eventLoopDelay_us: distributionOf(this.#delays),
      rssMax_bytes: this.#rssMax_bytes === 0 ? null : this.#rssMax_bytes,
      gcPauses: gcPausesOf(this.#seconds),
    };
  }

  #worst(phase: number | null, isBad: (second: MeasuredSecond) => boolean): BadSeconds {
    const workers = [...this.#seconds.values()].map((seconds) => within(phase, seconds));
    const first = Math.min(...workers.flat().map(({ index }) => index));
    const counts = workers.map((seconds): BadSeconds => {
      const bad = seconds.filter(isBad);
      return {
        bad: bad.length,
        measured: seconds.length,
        cold: bad.filter(({ index }) => index < first + COLD_S).length,
      };
    });
    return counts.sort((a, b) => b.bad / b.measured - a.bad / a.measured)[0] ?? NO_SECONDS;
  }
}

export const NO_SECONDS: BadSeconds = { bad: 0, measured: 0, cold: 0 };

function within(phase: number | null, seconds: readonly MeasuredSecond[]): readonly MeasuredSecond[] {
  return phase === null ? seconds : seconds.filter((second) => second.phase === phase);
}

function gcPausesOf(workers: ReadonlyMap<number, readonly MeasuredSecond[]>): Generator['gcPauses'] {
  const all = [...workers].flatMap(([worker, seconds]) => seconds.map((second) => ({ worker, ...second })));
  const longest = all.flatMap(({ worker, index, gcPauses }) =>
    gcPauses.longest === null ? [] : [{ worker, second: index, ...gcPauses.longest }],
  );
  const shares = [...workers.values()].map((seconds) =>
    mean(seconds.map(({ gcPauses }) => gcPauses.total_us / US_PER_S)),
  );
  return {
    count: sum(all.map(({ gcPauses }) => gcPauses.count)),
    share: highest(shares),
    longest: longest.sort((a, b) => b.duration_us - a.duration_us).slice(0, LONGEST_PAUSES),
  };
}

function distributionOf(delays: LatencyHistogram): Distribution {
  return { p50_us: delays.percentile(50), p99_us: delays.percentile(99), max_us: delays.max_us };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function highest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.max(...values);
}
