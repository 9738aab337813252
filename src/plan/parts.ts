import type { BackOff } from '../base/back-off.ts';
import type { VerifierChoice } from '../base/verifier-choice.ts';
import type { PlannedFault } from '../fault/form/form.ts';
import type { Advertised } from '../judge/advertised.ts';
import type { Finding } from '../judge/observations.ts';
import type { LatencyMetric } from '../metric/catalogue.ts';
import type { LabelValues } from '../metric/definition.ts';
import type { Source } from '../metric/source.ts';
import type { ArrivalsSpec } from '../scenario/fields.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { Placement } from './placement.ts';

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

/** One stream of arrivals; its schedule is a pure function of this, the phases and the seed. */
export interface StreamPlan {
  /** Of the workload whose arrivals they are. */
  readonly name: string;
  /** Arrivals per second at level 1, over all workers; 0 in the closed model. */
  readonly rate_per_s: number;
  readonly arrivals: ArrivalsSpec;
  /** Arrivals over all phases, warm-up included, all workers together. */
  readonly total: number;
  /** Arrivals of each phase, in the order of `phases`. */
  readonly perPhase: readonly number[];
  /** Whether each arrival opens a connection of its own; left out where it does not. */
  readonly opens?: true;
  /** Names of the phases in which they come; left out where they do in all of them. */
  readonly during?: readonly string[];
  /** No more arrivals than this, where there are no more events to publish. */
  readonly limit?: number;
  /** When each arrival is due, ns after t0, ascending, where that is recorded; rate and arrivals then say nothing. */
  readonly recordedNs?: Float64Array;
}

/** A range of connection numbers: `first` … `first + count - 1` of the run. */
export interface ConnectionRange {
  readonly first: number;
  readonly count: number;
}

/** What publishing replays. */
export interface ReplayPlan {
  /** The first event that is published, from 0. */
  readonly first: number;
  /** The event after the last one; Infinity where the corpus goes on without an end. */
  readonly end: number;
  /** How often each event is published. */
  readonly copies: number;
}

/** A trace of what real clients did, as far as a plan looks at it. */
export interface TracedLoad {
  /** Its file, or the directory of its files. */
  readonly path: string;
  /** From its first step to its last, ns at the recorded pace. */
  readonly spanNs: number;
  /** Connections that are opened. */
  readonly connections: number;
  /** Most of them at once. */
  readonly atOnce: number;
  /** Most subscriptions of a connection at once. */
  readonly subscriptions: number;
  /** Messages by their verb. */
  readonly messages: {
    readonly REQ: number;
    readonly EVENT: number;
    readonly COUNT: number;
    readonly CLOSE: number;
  };
  /** Messages that are not offered again: authentications, which the relay of a run asks for itself, and others. */
  readonly passedOver: number;
}

/** Connections of which the target steps on with each round of `group`, so that each group is spread over all targets. */
export interface Rounds {
  readonly connections: ConnectionRange;
  readonly group: number;
}

/** Connections that are opened besides those that are open before the load. */
export interface OpenedConnections {
  /** Which opens them. */
  readonly workload: string;
  /** The lowest of their numbers. */
  readonly first: number;
  /** How many are open at once, as far as that can be foreseen. */
  readonly atOnce: number;
  /** As of `OwnConnections`. */
  readonly isTimed?: true;
}

/** Everything that a generated corpus depends on. */
export interface GeneratedCorpus {
  readonly profile: 'social' | 'uniform' | 'heavy';
  readonly seed: number;
  readonly events: number;
  /** Unix time of the end of the days that its events are spread over. */
  readonly baseTime_s: number;
  /** How long they are spread over, seconds; 30 days where left out. */
  readonly span_s?: number;
  /** Makes the events from number `from` on those of one run alone. */
  readonly salt?: { readonly text: string; readonly from: number };
}

/** A corpus that was found or made before the run. */
export interface NamedCorpus {
  /** `imported`, or the profile that it was generated with. */
  readonly profile: string;
  /** Events of the whole corpus. */
  readonly events: number;
  readonly authors: number;
  /** Share of its events that live subscriptions may ask for: notes and reposts; 0 where it is not there yet. */
  readonly followedShare: number;
  /** SHA-256 over its ids; null where it is not there yet. */
  readonly fingerprint: string | null;
  /** The same of its file, where its events were signed again for the run; left out where they were not. */
  readonly signedFingerprint?: string;
  /** Whether it is dated by the clock. */
  readonly fresh: boolean;
  /** Directory and name of its file of events; null where it is not there yet. */
  readonly file: { readonly dir: string; readonly name: string } | null;
  /** Bytes of its largest event, as JSON. */
  readonly maxEventBytes: number;
  /** How it was generated; null where it was not. */
  readonly generated: GeneratedCorpus | null;
  /** When its events are due at the recorded pace, ns after the start, as far as the run lasts; empty where unused. */
  readonly recordedNs: Float64Array;
  /** `created_at` of its oldest and its newest event; null where it is not there yet. */
  readonly createdAt: { readonly oldest_s: number; readonly newest_s: number } | null;
}

/** When the stored and published events of a corpus are dated. */
export interface CorpusTimes {
  /** Unix time of the newest. */
  readonly end_s: number;
  /** How long before that the oldest may lie. */
  readonly span_s: number;
}

/** What a run learns of its relay before it begins, and how its corpus was fitted to that. */
export interface FittedCorpus {
  /** What is published is new for each text. */
  readonly salt: string;
  /** Null where nothing is dated beforehand. */
  readonly times: CorpusTimes | null;
  /** Numbers of the events to be stored that the relay has already; of notes signed for the run none. */
  readonly present: ReadonlySet<number>;
  /** Leading zero bits that every event signed for the run is mined for (NIP-13); 0 or left out for none. */
  readonly work?: number;
  /** What a reader must know. */
  readonly remarks: readonly string[];
  /** What the relay does that its users should know and that is no fault; left out where nothing was looked for. */
  readonly findings?: readonly Finding[];
}

/** When a gate may end a run before its time. */
export interface AbortPlan {
  /** Measured time before which none does. */
  readonly delayMs: number;
  /** Operations that a gate must rest on. */
  readonly minSamples: number;
}

/**
 * Every resolved number of a run but those of its workloads; plain data that is printed by `plan`, sent to the workers and stored in the
 * record. Nothing after this consults the scenario.
 */
export interface PlanParts {
  readonly scenario: { readonly name: string; readonly sha256: string; readonly resolved: Scenario };
  readonly seed: number;
  /** WebSocket URLs; connection c of the run uses one of them, see `targetOf`. */
  readonly targets: readonly string[];
  /** What the relay says of itself, by which its answers are judged; asked right before the run. */
  readonly advertised: Advertised;
  readonly workers: number;
  /** Relay processes behind the targets, as far as known. */
  readonly relayProcesses: number;
  readonly load: Scenario['load'];
  readonly connections: {
    readonly count: number;
    readonly rate_per_s: number;
    readonly timeoutMs: number;
    /** Accept any TLS certificate. */
    readonly insecure: boolean;
    readonly transport: Scenario['connections']['transport'];
    readonly pick: Scenario['connections']['pick'];
    /** When clients authenticate (NIP-42). */
    readonly auth: NonNullable<Scenario['connections']['auth']>;
    /** What stands in the `relay` tag of an AUTH; null for the address that is connected to. */
    readonly authUrl: string | null;
    /** How clients wait that come back; null where a lost connection stays lost. */
    readonly reconnect: Required<BackOff> | null;
    /** Whether permessage-deflate (RFC 7692) is offered. */
    readonly compression: boolean;
  };
  readonly scheduler: Scenario['scheduler'];
  /**
   * Whether a worker that is late takes so many arrivals a turn that frames share writes. False only where the ceiling
   * of a worker that keeps its schedule is measured.
   */
  readonly catchUp: boolean;
  /** Cores of workers and of the rest; left out where the system decides. */
  readonly placement?: Placement;
  /** Share of received events that are verified, 0..1. */
  readonly verifyShare: number;
  /** What checks their signatures. */
  readonly verifier: VerifierChoice;
  /**
   * Published before the load: the first `events` of the named corpus; or, where none is named, that many notes that
   * are signed for the run: note i carries one `t` tag, its topic i mod `topics`.
   */
  readonly corpus: {
    readonly profile: string;
    readonly events: number;
    readonly authors: number;
    readonly topics: number;
    /** Of those notes. */
    readonly notes: { readonly kind: number; readonly contentBytes: number };
    readonly named: NamedCorpus | null;
  };
  /** Left out until the relay has been asked: a plan that is only printed has none. */
  readonly fitted?: FittedCorpus;
  /** The named corpus has no more events after this offset, which ends the last phase early; null where it lasts. */
  readonly exhaustedNs: number | null;
  readonly phases: readonly PlannedPhase[];
  readonly drainMs: number;
  /** What is done to parts of the target, and when: ms after the start of the load. */
  readonly faults: readonly PlannedFault[];
  /** In the closed model their rate is 0 and nothing is scheduled: replies set the pace. */
  readonly streams: readonly StreamPlan[];
  readonly rounds: readonly Rounds[];
  /** Behind the connections that are open before the load. */
  readonly opened: readonly OpenedConnections[];
  /** The parts of the catalogue that take part. */
  readonly sources: readonly Source[];
  /** Latencies that this run can produce; gates on others are configuration errors. */
  readonly latencies: readonly LatencyMetric[];
  /** Values of the labels that split latencies, by label. */
  readonly labels: LabelValues;
  /** Whether the histograms of every second are kept, because a gate looks at windows. */
  readonly keepSeconds: boolean;
  /** Whether and when a gate that can no longer hold ends the run; null where none does. */
  readonly abort: AbortPlan | null;
  /** What the command line made of the scenario's rates; null where it left them alone. */
  readonly asked: { readonly rate_per_s: number | null; readonly loadFactor: number | null };
  /** Gate expressions in force, default gates included, in their canonical text. */
  readonly gates: readonly string[];
  /** Those of them that the scenario or a flag asks for, the others are default gates. */
  readonly ownGates: readonly string[];
}

/** The part of a plan that one worker carries out: arrival n and connection c belong to worker n (c) mod count. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}
