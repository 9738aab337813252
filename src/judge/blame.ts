/** Whose doing something is that spoils or fails a run. */
export type Owner = 'target' | 'generator' | 'machine';

/**
 * What follows from a reason, the strongest first:
 * - `invalidates`: the run is invalid (exit 103) whatever its gates say: the load that was asked for was not offered.
 * - `fails`: the run fails (exit 99). Only ever the target's doing.
 * - `explains`: the target's doing too, and what it breaks is for the gates to say: a scenario may expect it.
 * - `leaves-open`: the run is invalid (exit 103) unless something fails it: nobody knows whether its gates hold.
 * - `casts-doubt`: figures may be too high; a gate that this leaves undecided makes the run invalid, and so does it
 *   alone where figures must be unbiased (no gate on a latency, `compare`, `ab`, `calibrate`).
 */
export type Consequence = 'invalidates' | 'fails' | 'explains' | 'leaves-open' | 'casts-doubt';

interface Blame {
  readonly owner: Owner;
  readonly consequence: Consequence;
  /** What happened, for the table in docs/measurement.md. */
  readonly what: string;
}

/**
 * THE table of reasons for a verdict. Validity, gates, exit code, reports and docs/measurement.md follow it: what the
 * target caused fails the run and never makes it invalid, what the generator or its machine caused never fails it.
 */
export const REASONS = {
  'target-gone': {
    owner: 'target',
    consequence: 'fails',
    what: 'it closed every connection, and the run ended with none',
  },
  'preparation-refused': {
    owner: 'target',
    consequence: 'fails',
    what: 'it refused events that were to be stored before the load, or never answered them',
  },
  'subscriptions-refused': {
    owner: 'target',
    consequence: 'fails',
    what: 'it refused live subscriptions before the load, or never answered them',
  },
  'connections-closed': {
    owner: 'target',
    consequence: 'explains',
    what: 'it closed connections within the run (gate `connections_lost == 0`)',
  },
  'worker-lost': {
    owner: 'generator',
    consequence: 'invalidates',
    what: 'a worker or agent died or hung',
  },
  crashed: {
    owner: 'generator',
    consequence: 'invalidates',
    what: 'relay-bench itself failed, and the record ends there',
  },
  'load-not-offered': {
    owner: 'generator',
    consequence: 'invalidates',
    what: 'arrivals were dropped or never came up although their connections were open and writable',
  },
  'preparation-incomplete': {
    owner: 'generator',
    consequence: 'invalidates',
    what: 'the scenario asks for something that its corpus does not hold',
  },
  'fault-failed': {
    owner: 'machine',
    consequence: 'invalidates',
    what: 'a fault that the scenario asks for could not be done or undone',
  },
  'books-wrong': {
    owner: 'generator',
    consequence: 'invalidates',
    what: 'conservation is violated or samples were not numbers: a bug in relay-bench',
  },
  'machine-exhausted': {
    owner: 'machine',
    consequence: 'invalidates',
    what: 'it had no descriptors, ports or memory left for connections',
  },
  'gate-undecided': {
    owner: 'generator',
    consequence: 'leaves-open',
    what: 'a latency holds its limit from the write and breaks it from the schedule, or its event loop may have made the difference',
  },
  'generator-late': {
    owner: 'generator',
    consequence: 'casts-doubt',
    what: 'more than 1 % of the operations were written more than 5 ms after their time, with 95 % confidence',
  },
  'generator-saturated': {
    owner: 'generator',
    consequence: 'casts-doubt',
    what: 'its event loop was busy more than 90 % of the time in more than 10 % of the seconds, with 95 % confidence',
  },
  'generator-delayed': {
    owner: 'generator',
    consequence: 'casts-doubt',
    what: 'its event loop was late by more than 10 ms and more than the median of what it measured in more than 10 % of the seconds, with 95 % confidence',
  },
  'generator-interrupted': {
    owner: 'generator',
    consequence: 'casts-doubt',
    what: 'closed model: its event loop stood still, for more than 10 ms and more than the median, while more than 1 % of the operations waited for their answers, with 95 % confidence',
  },
  'near-ceiling': {
    owner: 'generator',
    consequence: 'casts-doubt',
    what: 'the load took more than 70 % of what the generator can do on its machine',
  },
} as const satisfies Record<string, Blame>;

export type ReasonKind = keyof typeof REASONS;
type KindsOf<C extends Consequence> = {
  [K in ReasonKind]: (typeof REASONS)[K]['consequence'] extends C ? K : never;
}[ReasonKind];

/** One reason, with the sentence that says what happened in this run. */
export interface Reason<K extends ReasonKind = ReasonKind> {
  readonly kind: K;
  readonly text: string;
}

/** What the target did that fails the run, or explains why its gates failed. */
export type Failure = Reason<KindsOf<'fails' | 'explains'>>;
/** Why the run is invalid, whatever its gates say. */
export type Invalidity = Reason<KindsOf<'invalidates'>>;
/** Why nobody knows whether its gates hold. */
export type Openness = Reason<KindsOf<'leaves-open'>>;
/** Why its figures may be too high. */
export type Doubt = Reason<KindsOf<'casts-doubt'>>;

/** All kinds, in the order of the table. */
export const REASON_KINDS = Object.keys(REASONS) as readonly ReasonKind[];

/** The kinds with one of these consequences, in the order of the table. */
export function kindsThat<C extends Consequence>(...consequences: readonly C[]): readonly KindsOf<C>[] {
  const wanted: readonly Consequence[] = consequences;
  return REASON_KINDS.filter((kind) => wanted.includes(REASONS[kind].consequence)) as KindsOf<C>[];
}
