/** What a client that does nothing else has done. */
export interface ClosedRun {
  /** Events acknowledged per second of wall time. */
  readonly rate: number;
}

/** What a search has found; null where nothing was on time. */
export interface OnTimeRun {
  readonly onTime: {
    readonly rate_per_s: number;
    readonly failed_per_s: number | null;
    readonly p50_us: number;
    readonly p99_us: number;
  } | null;
  /** At half of the rate; null where even that was not on time. */
  readonly half: { readonly p50_us: number; readonly p99_us: number } | null;
}

export function onTimeTable(
  connections: number,
  results: {
    readonly plain: readonly ClosedRun[];
    readonly raw: readonly ClosedRun[];
    readonly engines: readonly {
      readonly workers: number;
      /** Whether each worker had a core of its own; default no. */
      readonly isPinned?: boolean;
      readonly runs: readonly OnTimeRun[];
    }[];
  },
): {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly targets: readonly { readonly text: string; readonly isMet: boolean }[];
  readonly notes: readonly string[];
};
