import type { RunRecord } from '../src/record/schema.ts';

export interface TailTable {
  readonly title: string;
  /** Those that begin with ">" are aligned to the right. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly targets: readonly { readonly text: string; readonly isMet: boolean }[];
}

/** What the tables read of a record. */
export type TailRecord = Pick<RunRecord, 'metrics' | 'components' | 'validity'>;

export function tailTable(rate_per_s: number, records: readonly TailRecord[]): TailTable;
export function costTable(rate_per_s: number, records: readonly TailRecord[]): TailTable;
