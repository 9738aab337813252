/**
 * The control messages between the coordinator and its workers: the whole protocol. A worker is a process of its
 * own, on this machine or on that of an agent; both get the same messages, see `transport.ts`.
 *
 *   coordinator            worker
 *   init          →
 *                 ←        ready
 *   connect       →                 (ramp: connections open on their schedule)
 *                 ←        connecting … connected
 *   prepare       →                 (subscriptions, corpus, frames built ahead)
 *                 ←        preparing … prepared
 *   go            →                 (all workers start at the same instant)
 *                 ←        started, interval once a second
 *   alive         →                 (to workers of agents: twice a second, from the beginning)
 *   stop          →                 (only to end early)
 *                 ←        done
 */
import type { UpgradeRefusal } from '../base/upgrade-refusal.ts';
import type { Observations } from '../judge/observations.ts';
import type { CounterMapMetric } from '../metric/counter-maps.ts';
import type { HistogramDelta } from '../metric/histogram.ts';
import type { Shard } from '../plan/parts.ts';
import type { Plan } from '../plan/plan.ts';
import type { PreparationTally } from '../workload/preparation-tally.ts';
import type { StoredCorpus } from '../workload/worker-part.ts';

export type ToWorker =
  | {
      readonly type: 'init';
      readonly plan: Plan;
      readonly shard: Shard;
      readonly runTag: string;
      /** Whether to report what is published and how that ends. */
      readonly logHistory: boolean;
      /** The worker ends by itself where it has heard nothing for so long; left out, the pipe to its starter tells. */
      readonly silenceMs?: number;
    }
  /** `startNs`: monotonic time at which connection 0 is scheduled. */
  | { readonly type: 'connect'; readonly startNs: number }
  /** `startWallMs`: the expected start of the load, for `created_at`. */
  | { readonly type: 'prepare'; readonly startWallMs: number }
  | {
      readonly type: 'go';
      readonly startNs: number;
      readonly startWallMs: number;
      /** What all workers have found out about the named corpus. */
      readonly stored: StoredCorpus;
    }
  /** Somebody wants this load. */
  | { readonly type: 'alive' }
  /** Stop offering, drain, report. */
  | { readonly type: 'stop' };

/** Connections of one worker. */
export interface ConnectionCounts {
  readonly opened: number;
  readonly failed: number;
  /** Was open and broke during the run. */
  readonly dropped: number;
  readonly open: number;
  /** When the first and the last of those broke, monotonic ns; null where none did. */
  readonly firstDropNs: number | null;
  readonly lastDropNs: number | null;
}

/** Counters of one phase in the order of `COUNTER_NAMES`. Row `phases.length` holds what happened outside the phases. */
export interface CounterRows {
  readonly rows: readonly Float64Array[];
  /** Maps, since a relay chooses these words: a plain object already has a `constructor`. */
  readonly words: Readonly<Record<CounterMapMetric, readonly ReadonlyMap<string, number>[]>>;
}

/** Samples of one series and one phase since the last message. */
export interface SeriesDelta {
  readonly series: number;
  readonly phase: number;
  readonly delta: HistogramDelta;
}

/** Operations of one series that were due in one second and never ended. */
export interface CensoredCount {
  readonly series: number;
  /** Seconds after the start of the load. */
  readonly second: number;
  readonly count: number;
}

/** What came in one slice of time, see `result/moments`. */
export interface MomentCount {
  /** Number of the slice, from the start of the load. */
  readonly at: number;
  readonly answers: number;
  readonly errors: number;
}

/** One second of a worker. */
export interface WorkerInterval {
  /** Seconds after the start of the load at which the interval began. */
  readonly index: number;
  readonly samples: readonly SeriesDelta[];
  /** What was given up since the last message. */
  readonly censored: readonly CensoredCount[];
  /** Since the last message; left out where no fault is planned. */
  readonly moments?: readonly MomentCount[];
  /** Cumulative, so that a lost worker loses at most its last second. */
  readonly counters: CounterRows;
  readonly connections: ConnectionCounts;
  readonly health: SecondOfHealth;
}

/** Garbage collections by the names of Node.js: of young objects (minor), of all (major), a step of that, callbacks of weak references. */
export const GC_KINDS = ['minor', 'major', 'incremental', 'weakcb'] as const;
export type GcKind = (typeof GC_KINDS)[number];

/** One pause of the garbage collector. */
export interface GcPause {
  readonly kind: GcKind;
  readonly duration_us: number;
}

/** The pauses of the garbage collector in one second. */
export interface GcPauses {
  readonly count: number;
  readonly total_us: number;
  /** null where there was none. */
  readonly longest: GcPause | null;
}

/** The generator's own state in one second. */
export interface SecondOfHealth {
  /** CPU seconds (user and system, all threads). */
  readonly cpu_s: number;
  /** Event-loop utilisation 0..1, waiting for the next arrival excluded. */
  readonly utilization: number;
  readonly rss_bytes: number;
  /** Event-loop delay in this second, by time: how late something due at a random moment would have been. */
  readonly loopDelay_us: HistogramDelta;
  /** For how long the event loop stood still, each time that it did for more than 10 ms. */
  readonly gaps_us: readonly number[];
  /** Operations that wait for their answer, at the end of this second. */
  readonly inFlight: number;
  readonly gcPauses: GcPauses;
}

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'connecting'; readonly counts: ConnectionCounts }
  | {
      readonly type: 'connected';
      readonly counts: ConnectionCounts;
      readonly refusals: readonly UpgradeRefusal[];
    }
  | { readonly type: 'preparing'; readonly done: number; readonly total: number; readonly what: string }
  | {
      readonly type: 'prepared';
      /** Why the run is invalid: what the scenario asks for and its corpus does not hold. */
      readonly problems: readonly string[];
      /** What a reader must know. */
      readonly remarks: readonly string[];
      readonly stored: StoredCorpus;
      readonly storing: PreparationTally;
      readonly subscribing: PreparationTally;
      /** What was counted so far; the load may never start. */
      readonly counters: CounterRows;
    }
  /** How long after the common start its event loop had its first turn. */
  | { readonly type: 'started'; readonly late_us: number }
  | { readonly type: 'interval'; readonly interval: WorkerInterval }
  /** Whole entries of the history, as `result/history` has them. */
  | { readonly type: 'history'; readonly entries: Uint8Array }
  | { readonly type: 'draining'; readonly pending: number }
  | {
      readonly type: 'done';
      readonly notices: readonly string[];
      /** The first refused upgrade of each status. */
      readonly refusals: readonly UpgradeRefusal[];
      /** When the closed model ran out of events, ns after the start; null where it did not. */
      readonly exhaustedNs: number | null;
      /** The cases behind the counters, and findings. */
      readonly observations: Observations;
    }
  | { readonly type: 'failed'; readonly message: string };
