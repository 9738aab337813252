/** The p95 of one latency in one run. */
export interface RunOfLatency {
  readonly p95_us: number;
  /** One standard error lower and higher, if all samples were independent. */
  readonly samples_us: readonly [number, number];
  /** Its interval at 95 % by the seconds of the run, open above where null; null where they say nothing. */
  readonly seconds_us: readonly [number, number | null] | null;
}

/** Standard deviations as shares of the p95. */
interface Noise {
  readonly runs: number;
  readonly p95_us: number;
  readonly total: number;
  readonly neighbours: number;
  readonly sampling: number;
  readonly within: number | null;
  readonly between: number | null;
}

export type Judge<Run> = (
  base: readonly Run[],
  candidate: readonly Run[],
  slowdown: number,
) => readonly boolean[];

interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly targets: readonly { readonly text: string; readonly isMet: boolean }[];
  readonly notes: readonly string[];
}

export const JUDGED: readonly string[];
export const PAIRS: number;
export function noiseOf(runs: readonly RunOfLatency[]): Noise;
export function findsInRuns<Run>(
  runs: readonly Run[],
  options: {
    readonly slowdown: number;
    readonly trials: number;
    readonly pairs?: number;
    readonly judge: Judge<Run>;
    readonly random: () => number;
  },
): number;
export function noiseTable(
  variants: readonly {
    readonly name: string;
    readonly latencies: Readonly<Record<string, readonly RunOfLatency[]>>;
  }[],
): Table;
export function findingTable(
  variants: readonly {
    readonly name: string;
    readonly alike: number;
    readonly slower: number;
    readonly slowest: number;
  }[],
): Table;
