/** Which way is better. */
export type Direction = 'lower' | 'higher' | 'neutral';

/** An entry of the catalogue. */
interface Definition {
  /** The part of a scenario that produces it; a key of the `sources` of some set. */
  readonly source: string;
  /** Version of `run.json` that it came with, where that is not the first: older records read as 0, or as empty. */
  readonly since?: string;
}

/** A latency: an HDR histogram of integer microseconds, from the SCHEDULED time of the operation. */
export interface LatencyDefinition extends Definition {
  readonly from: string;
  readonly to: string;
  /** Whether a twin `<name>_service`, taken from the actual write, exists. */
  readonly hasServiceTwin: boolean;
  /** Labels that narrow it, besides `phase`, which every latency has. */
  readonly labels: readonly string[];
  /** What reports call it where it is one of the figures that a run is remembered by. */
  readonly headline?: Headline;
  /** Whether a run without a sample of it has no gap: nothing was refused, nothing came late. */
  readonly isQuiet?: true;
  /** `run`: counted from the first connection to the end of the drain; otherwise only in the measured phases. */
  readonly span?: 'run';
  /** Under which name of a second its samples are counted. */
  readonly row?: 'delivered';
}

export interface Headline {
  readonly title: string;
  /** Whether it is what a run is about only where nothing else is measured. */
  readonly isFallback?: true;
}

/** A ratio in 0..1, over the measured phases. */
export interface RatioDefinition extends Definition {
  readonly description: string;
  readonly direction: Direction;
  /** Counters whose sums are divided; null where the load itself tells, not what was counted. */
  readonly of: { readonly part: readonly string[]; readonly whole: readonly string[] } | null;
  /** Why there is none, where there is nothing to divide by. */
  readonly whenEmpty: string;
  /** The default gate: at least so many percent. */
  readonly gate?: number;
}

/** A default gate that allows none at all. */
export interface NoneAllowed {
  /** `kept`: nothing may get lost; `conduct`: what no relay may do by the NIPs, see judge/rules. */
  readonly sort: 'kept' | 'conduct';
  /** The source that must take part for it, where that is not the entry's own. */
  readonly needs?: string;
}

interface CountDefinition extends Definition {
  readonly description: string;
  readonly direction: Direction;
  /** `run`: counted from the first connection to the end of the drain; otherwise only in the measured phases. */
  readonly span?: 'run';
  /** Under which names of a second it is counted. */
  readonly row?: readonly SecondCount[];
  readonly gate?: NoneAllowed;
  /** Whether it counts what came a second time. */
  readonly isRepeat?: true;
  /** What a relay sends and should not: the counter that says how much was looked at, or that all is. */
  readonly trouble?: { readonly outOf: string | null };
}

/** What a second of a run counts. */
export type SecondCount = 'sent' | 'acked' | 'completed' | 'rejected' | 'errors';

/** A plain counter. */
export interface CounterDefinition extends CountDefinition {
  /** Another counter whose sum over the whole run explains as many of it: only what is beyond them counts. */
  readonly explainedBy?: string;
}

/** A counter that is split by a word: OK and CLOSED prefixes, error codes, WebSocket close codes. */
export interface CounterMapDefinition extends CountDefinition {
  /** Names one entry, in gates and in OpenMetrics. */
  readonly label: string;
  /** The counter without which it says nothing, and why. */
  readonly needs?: { readonly counter: string; readonly reason: string };
}

/**
 * The books of one sort of operation. Each that is offered is sent, could not be sent (`unsent`) or was dropped by the
 * generator; each that was sent has exactly one end.
 */
export interface Account {
  /** Such as `events`; the key of the sums in `load.offered` and `load.achieved`. */
  readonly noun: string;
  /** The stream whose arrivals they are; null where clients do them as they go, so that they are counted as they come up. */
  readonly stream: string | null;
  readonly sent: string;
  readonly unsent: string;
  readonly dropped: string;
  /** Counters, plain or by word, by what reports call the end. */
  readonly ends: Readonly<Record<string, string>>;
  /** The counter that splits refusals by their prefix; left out where there is none. */
  readonly refusals?: string;
  /** The end of those that were open when their worker was lost. */
  readonly lost: string;
  /** The latency of the end that is wanted: its samples are what was achieved. */
  readonly answer: string;
  /** Counters of other ends that are as good. */
  readonly asGood: readonly string[];
  /** The ratio of the wanted ends. */
  readonly ratio: string;
  /** Version of `run.json` that they came with, where that is not the first. */
  readonly since?: string;
}

/** Something that is expected, and its outcomes, of which each has exactly one. */
export interface Balance {
  readonly what: string;
  readonly total: string;
  readonly outcomes: Readonly<Record<string, string>>;
}

/**
 * A row of a report. Counters in braces, as in `{deliveries_missing} missing`, stand for their values; those of several words
 * for the sum.
 */
export interface ReportRow {
  readonly label: string;
  /** Shown where one of these is above 0. */
  readonly shownFor: readonly string[];
  readonly text: string;
  /** What stands beside it; or what went wrong, by its name. */
  readonly detail: string | Readonly<Record<string, string>>;
  /** Whether it is about what was sent, or about what came. */
  readonly about: 'sent' | 'received';
}

/** A ratio among the key figures. */
export interface ReportFigure {
  readonly label: string;
  readonly ratio: string;
  /** Shown where this counter is above 0. */
  readonly shownFor: string;
  /** As of {@link ReportRow}. */
  readonly detail: string;
}

/** What decides, besides its own part of the scenario, what a workload measures in a run. */
export interface MeasuredRun {
  /** Whether a corpus is named, instead of notes being signed for the run. */
  readonly isNamed: boolean;
  /** Behind the target, as far as known. */
  readonly relayProcesses: number;
  /** Whether events of a kind can replace another or be replaced. */
  readonly canBeSuperseded: (kind: number) => boolean;
}

/** The values of labels that a run has, by label. */
export type LabelValues = Readonly<Record<string, readonly string[]>>;

/** What a workload measures in a run. */
export interface Measured {
  /** Of those that the set lists. */
  readonly sources: readonly string[];
  /** Values of the labels of its latencies, by label; a latency of which the label has none has one series. */
  readonly labels?: LabelValues;
}

/** What one part of the house measures; the catalogue is all of them together. */
export interface MetricSet {
  /** The workload that it belongs to; left out where every run measures it. */
  readonly workload?: {
    readonly name: string;
    /**
     * @param form the workload's part of a resolved scenario, as it stands in a record
     * @throws z.ZodError where it is none
     */
    measured(form: unknown, run: MeasuredRun): Measured;
  };
  /** What a gate on each source needs. */
  readonly sources: Readonly<Record<string, string>>;
  readonly latencies: Readonly<Record<string, LatencyDefinition>>;
  readonly ratios: Readonly<Record<string, RatioDefinition>>;
  readonly counters: Readonly<Record<string, CounterDefinition>>;
  readonly maps: Readonly<Record<string, CounterMapDefinition>>;
  readonly accounts: readonly Account[];
  readonly balances: readonly Balance[];
  readonly rows: readonly ReportRow[];
  readonly figures: readonly ReportFigure[];
}

/** What a set leaves out is empty. */
export const NO_METRICS = {
  sources: {},
  latencies: {},
  ratios: {},
  counters: {},
  maps: {},
  accounts: [],
  balances: [],
  rows: [],
  figures: [],
} as const satisfies MetricSet;
