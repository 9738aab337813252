/** Samples of the agents held against the merged ones. */
export interface HeldUnion {
  readonly samples: number;
  /** What is not the same; nothing where all is well. */
  readonly differs: readonly string[];
}

/** What `heldUnion` asks of a merged histogram. */
export interface Merged {
  toDelta(): { readonly buckets: Float64Array };
  percentile(percentile: number): number | null;
  indexOf(value_us: number): number;
}

/** One run, as far as its summary looks at it. */
export interface AgentsRun {
  readonly plan: {
    readonly phases: readonly { readonly kind: string; readonly startNs: number; readonly endNs: number }[];
    readonly streams: readonly { readonly perPhase: readonly number[] }[];
  };
  readonly result: {
    readonly generator: {
      readonly agents: readonly {
        readonly startedLate_us: number | null;
        readonly clockRoundTrip_us: number;
        readonly clockDrift_us: number | null;
        readonly newsBytes: number;
        readonly newsMessages: number;
      }[];
    };
    readonly counters: { readonly events_sent: number; readonly events_accepted: number };
    readonly load: { readonly measured_s: number };
    readonly invalidities: readonly { readonly text: string }[];
  };
  readonly union: HeldUnion;
  readonly memory: { readonly agent: number; readonly worker: number };
  readonly orders_bytes: number;
}

/** Runs with the same number of agents. */
export interface AgentsRow {
  readonly agents: number;
  readonly late_us: { readonly p50: number; readonly max: number };
  readonly offered_per_s: readonly number[];
}

export interface Start {
  readonly at: string;
  readonly machine: {
    readonly cpuModel: string;
    readonly cpus: number;
    readonly kernel: string;
    readonly node: string;
  };
  readonly busy_cores: number;
}

export interface Load {
  readonly connections: number;
  readonly rate_per_s: number;
  readonly duration_s: number;
  readonly rounds: number;
}

export function heldUnion(buckets: ReadonlyMap<number, number>, merged: Merged | undefined): HeldUnion;
export function summaryOf(agents: number, runs: readonly AgentsRun[], rate_per_s: number): AgentsRow;
export function problemsOf(row: AgentsRow): readonly string[];
export function reportOf(start: Start, rows: readonly AgentsRow[], load: Load): string;
