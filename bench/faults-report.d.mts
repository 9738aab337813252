/** A figure of a fault over its repetitions; null where it is not known. */
export interface Figure {
  readonly figure: string;
  /** The most that it may be; null where it is only printed. */
  readonly limit: number | null;
  readonly median: number | null;
  readonly worst: number | null;
  /** Repetitions that do not know it. */
  readonly unknown: number;
  /** A percentile of all repetitions together; left out where the figure is none. */
  readonly pooled?: number | null;
}

/** One fault. */
export interface FaultRow {
  readonly name: string;
  readonly verdict: string;
  readonly why: string | null;
  readonly figures: readonly Figure[];
}

export function summaryOf<R extends object>(
  one: { readonly name: string; readonly most: object; readonly measured: readonly string[] },
  records: readonly R[],
  percentileOf: (
    percentile: { readonly metric: string; readonly percent: number },
    records: readonly R[],
  ) => number | null,
): FaultRow;
export function reportOf(start: object, rows: readonly FaultRow[], repetitions: number): string;
export function mergedReport(older: string, order: readonly string[], newer: string): string;
