import type { NamedRun } from './comparable.ts';

/** A relay and its runs. */
export interface Contender {
  readonly name: string;
  readonly runs: readonly NamedRun[];
}
