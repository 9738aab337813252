import type { Advertised } from '../judge/advertised.ts';
import type { BaseLatency } from '../metric/latencies.ts';
import type { CheckedScenario } from '../scenario/inconsistency.ts';
import type { PacedStream } from './pacer.ts';
import type { ConnectionRange, PlanParts, ReplayPlan, Rounds, StreamPlan, TracedLoad } from './parts.ts';

/** A label and a text, for a table. */
export type Row = readonly [label: string, text: string];

/** What bounds the publishing of a corpus. */
export type PublishBounds = Pick<StreamPlan, 'limit' | 'recordedNs'>;

/** What a workload does with the corpus of the run. */
export interface CorpusUse {
  /** It signs events for the run by so many authors, or publishes those of a named corpus. */
  readonly publishes?: {
    readonly authors: number;
    readonly kind: number;
    readonly contentBytes: number;
    readonly copies: number;
    readonly isRecorded: boolean;
  };
  /** Topics of which each needs an author of a named corpus of its own, and where the scenario says how many. */
  readonly followed?: { readonly topics: number; readonly key: string };
  /** Whether the right answers must be known. */
  readonly isAsked?: true;
}

/** What workers must respect. */
export interface Constraints {
  /** No more workers than this. */
  readonly most?: number;
  /** Must be a multiple of the workers. */
  readonly topics?: number;
}

/** What a workload's part of a plan is made from, besides the scenario. */
export interface Setting {
  readonly workers: number;
  /** What is replayed; null where events are signed for the run. */
  readonly replay: ReplayPlan | null;
  /** What clients are to do again; null where nothing was recorded, or it was not looked up. */
  readonly trace: TracedLoad | null;
}

/** Connections that a workload opens itself, besides those that are open before the load. */
export interface OwnConnections {
  /** Numbers that are set aside for them; one that is closed gives its number back. */
  readonly numbers: number;
  /** How many are open at once, as far as that can be foreseen. */
  readonly atOnce: number;
  /** Whether they are opened at times of their own although no stream plans them: how long that takes is measured. */
  readonly isTimed?: true;
}

/** A workload's part of a plan, as far as the core looks at it. */
export interface CommonPlan {
  /** The connections that it uses; left out where it opens its own. */
  readonly connections?: ConnectionRange;
  /** Without its reply after this long an operation is given up; left out where it has none. */
  readonly timeoutMs?: number;
}

/** The plan as a workload sees it: without other workloads. */
export type PlanView = Pick<
  PlanParts,
  'connections' | 'corpus' | 'load' | 'phases' | 'relayProcesses' | 'streams'
>;

/** How a workload is planned. `W`: the workloads of the scenario that it looks at; `P`: its part of the plan. */
export interface WorkloadPlanner<W, P extends CommonPlan> {
  /** Null where the scenario does not ask for it. */
  plan(scenario: CheckedScenario<W>, setting: Setting): P | null;
  /** Its arrivals; null where it has none. */
  stream(scenario: CheckedScenario<W>, bounds: PublishBounds): PacedStream | null;
  corpus(scenario: CheckedScenario<W>): CorpusUse;
  constraints(scenario: CheckedScenario<W>): Constraints;
  /** After how many ms at the latest an operation has ended, counted from its write; 0 where it has none. */
  timeoutMs(part: P, plan: Pick<PlanView, 'connections'>): number;
  /** NIPs besides NIP-01 that the relay must know for it. */
  readonly nips: readonly number[];
  /** Subscriptions that it has open on each of its connections at one moment, at least. */
  subscriptions(part: P): number;
  /** Whether the drain waits for something of it besides operations. */
  readonly drains: boolean;
  /** Whether events come to it, of which a sample is verified. */
  readonly receives: boolean;
  /** Connections whose targets step on in rounds; null where they go round as all others. */
  rounds(part: P): Rounds | null;
  opens(part: P, plan: PlanView): OwnConnections;
  /**
   * Its part for a relay that says this of itself, and what a reader must know of it.
   * @throws RelayBenchError (exit 3) where nothing would be left to do
   */
  adapt(part: P, advertised: Advertised): { readonly part: P; readonly remarks: readonly string[] };
  /** The latencies that default gates bound, with the number of samples that are foreseen. */
  planned(part: P, plan: PlanView): readonly (readonly [BaseLatency, number])[];
  /** What the connections of its range do, such as `publishing`. */
  readonly role: string;
  describe(part: P, plan: PlanView): readonly Row[];
}

/** What most workloads have nothing of. */
export const PLAIN_PLANNER = {
  stream: () => null,
  corpus: () => ({}),
  constraints: () => ({}),
  timeoutMs: ({ timeoutMs = 0 }: CommonPlan) => timeoutMs,
  nips: [],
  subscriptions: () => 0,
  drains: false,
  receives: false,
  rounds: () => null,
  opens: (): OwnConnections => ({ numbers: 0, atOnce: 0 }),
  adapt: <P>(part: P) => ({ part, remarks: [] }),
  planned: () => [],
} as const;
