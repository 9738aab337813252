import type { RunRecord } from '../src/record/schema.ts';

export interface EdgeTable {
  readonly title: string;
  /** Those that begin with ">" are aligned to the right. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly targets: readonly { readonly text: string; readonly isMet: boolean }[];
}

/** What the tables read of a record. */
export type EdgeRecord = Pick<RunRecord, 'counters' | 'metrics' | 'verdict'> &
  Partial<Pick<RunRecord, 'regions' | 'audit' | 'faults'>>;

export function readTable(without: readonly EdgeRecord[], beside: readonly EdgeRecord[]): EdgeTable;
export function fanoutTable(records: readonly EdgeRecord[]): EdgeTable;
export function failoverTable(records: readonly EdgeRecord[]): EdgeTable;
