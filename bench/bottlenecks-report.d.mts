import type { Comparison } from '../src/compare/schema.ts';
import type { Diagnosis } from '../src/diagnose/schema.ts';
import type { RunRecord } from '../src/record/schema.ts';

/** One run, in short. */
export interface RunFigures {
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  readonly answered_per_s: number | null;
  readonly unanswered: number;
  readonly postgres_cores: number | null;
  readonly relays_cores: number | null;
  readonly bottleneck: string | null;
  readonly title: string | null;
  readonly evidence: readonly string[];
  readonly isValid: boolean;
  readonly reasons: readonly string[];
}

/** Several runs of one side. */
export interface Summary extends Pick<RunFigures, 'p50_ms' | 'p95_ms' | 'answered_per_s' | 'unanswered'> {
  readonly postgres_cores: number | null;
  readonly relays_cores: number | null;
  readonly title: string | null;
  /** Runs of which `diagnose` says that. */
  readonly times: number;
  readonly runs: number;
  readonly evidence: readonly string[];
  readonly invalid: number;
}

export interface Side {
  /** Of `stack up`, what it has of its own. */
  readonly flags: readonly string[];
  readonly summary: Summary;
}

/** What `ab` says of a metric. */
export interface Change {
  /** Null where it has none. */
  readonly verdict: string | null;
  /** Shares of what was before. */
  readonly change: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly pairs: number;
  readonly why: string | null;
}

export interface Row {
  readonly title: string;
  readonly before: Side;
  readonly after: Side;
  readonly comparison: Change;
}

export function figuresOf(record: RunRecord, diagnosis: Diagnosis): RunFigures;
export function summaryOf(figures: readonly RunFigures[]): Summary;
export function comparisonOf(
  result: {
    readonly comparison: Pick<Comparison, 'base' | 'quantities'> | null;
    readonly why: string | null;
  },
  metric: string,
): Change;
export function reportOf(start: object, rows: readonly Row[]): string;
export function mergedReport(older: string, order: readonly string[], newer: string): string;
