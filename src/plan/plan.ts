import type { LatencyMetric } from '../metric/catalogue.ts';
import type { ArrivalsSpec, FilterSpec, Scenario } from '../scenario/schema.ts';

/** Offsets are nanoseconds after the start of the load (`t0`), the same in every worker. */
export interface PlannedPhase {
  readonly name: string;
  /** Warm-up never enters results or gates. */
  readonly kind: 'warm-up' | 'measured';
  readonly startNs: number;
  readonly endNs: number;
  /** Factor on every rate at the start and at the end of the phase; linear in between. */
  readonly levelStart: number;
  readonly levelEnd: number;
}

export type StreamName = 'publish' | 'query' | 'connect';

/** One stream of arrivals; its schedule is a pure function of this, the phases and the seed. */
export interface StreamPlan {
  readonly name: StreamName;
  /** Arrivals per second at level 1, over all workers; 0 in the closed model. */
  readonly rate_per_s: number;
  readonly arrivals: ArrivalsSpec;
  /** Arrivals over all phases, warm-up included, all workers together. */
  readonly total: number;
  /** Arrivals of each phase, in the order of `phases`. */
  readonly perPhase: readonly number[];
}

/** A range of connection numbers: `first` … `first + count - 1` of the run. */
export interface ConnectionRange {
  readonly first: number;
  readonly count: number;
}

export interface PublishPlan {
  readonly connections: ConnectionRange;
  readonly kind: number;
  readonly contentBytes: number;
  readonly authors: number;
  readonly timeoutMs: number;
}

export interface SubscribePlan {
  readonly connections: ConnectionRange;
  readonly topics: number;
}

export interface QueryPlan {
  readonly connections: ConnectionRange;
  readonly filters: readonly FilterSpec[];
  readonly timeoutMs: number;
}

/**
 * Every resolved number of a run; plain data that is printed by `plan`, sent to the workers and stored in the
 * record. Nothing after this consults the scenario.
 */
export interface Plan {
  readonly scenario: { readonly name: string; readonly sha256: string; readonly resolved: Scenario };
  readonly seed: number;
  /** WebSocket URLs; connection c of the run uses one of them, see `targetOf`. */
  readonly targets: readonly string[];
  readonly workers: number;
  readonly load: Scenario['load'];
  readonly connections: {
    readonly count: number;
    readonly rate_per_s: number;
    readonly timeoutMs: number;
    /** Accept any TLS certificate. */
    readonly insecure: boolean;
    readonly transport: Scenario['connections']['transport'];
  };
  readonly scheduler: Scenario['scheduler'];
  /** Share of received events that are verified, 0..1. */
  readonly verifyShare: number;
  /** Published before the load: event i carries one `t` tag, its topic i mod `topics`. */
  readonly corpus: {
    readonly profile: string;
    readonly events: number;
    readonly authors: number;
    readonly topics: number;
  };
  readonly phases: readonly PlannedPhase[];
  readonly drainMs: number;
  /** In the closed model their rate is 0 and nothing is scheduled: replies set the pace. */
  readonly streams: readonly StreamPlan[];
  readonly publish: PublishPlan | null;
  readonly subscribe: SubscribePlan | null;
  readonly query: QueryPlan | null;
  readonly connect: { readonly timeoutMs: number } | null;
  /** Latencies that this run can produce; gates on others are configuration errors. */
  readonly latencies: readonly LatencyMetric[];
  /** Gate expressions in force, default gates included, in their canonical text. */
  readonly gates: readonly string[];
}

/** The part of a plan that one worker carries out: arrival n and connection c belong to worker n (c) mod count. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}
