import type { Diagnosis } from '../src/diagnose/schema.ts';

/** What `diagnose` says of one run. */
export interface Answer {
  readonly isNamed: boolean;
  readonly said: string;
  readonly sureness: string | null;
  readonly evidence: readonly string[];
  readonly isValid: boolean;
}

/** All runs in which one part was held back. */
export interface Row {
  readonly name: string;
  readonly how: string;
  readonly runs: number;
  readonly named: number;
  /** Whether it was named in nine of ten runs or more. */
  readonly isHeld: boolean;
  readonly said: string | null;
  readonly sure: number;
  readonly others: readonly { readonly said: string; readonly times: number }[];
  readonly evidence: readonly string[];
}

export function answerOf(
  wanted: { readonly cause: string; readonly component: string | null },
  diagnosis: Pick<Diagnosis, 'suspects'>,
  isValid: boolean,
): Answer;
export function summaryOf(
  one: { readonly name: string; readonly how: string },
  answers: readonly Answer[],
): Row;
export function reportOf(start: object, rows: readonly Row[]): string;
