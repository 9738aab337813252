import type { Bound } from '../metric/bound.ts';
import type { RunQuantity } from './quantities.ts';
import type { Quantity } from './schema.ts';

/** A quantity with the values of both sides; null where a run has none. */
export interface Sides extends Omit<RunQuantity, 'value'> {
  readonly base: readonly (Bound | null)[];
  readonly candidate: readonly (Bound | null)[];
}

/** What a judgement adds to the values. */
export type Judged = Pick<
  Quantity,
  | 'change'
  | 'changeLow'
  | 'changeHigh'
  | 'threshold'
  | 'pWorse'
  | 'pBetter'
  | 'pDifferent'
  | 'runsNeeded'
  | 'verdict'
  | 'reason'
>;

/** No judgement is possible. */
export function undecided(reason: string, known: Partial<Judged> = {}): Judged {
  const nothing = {
    change: null,
    changeLow: null,
    changeHigh: null,
    threshold: null,
    pWorse: null,
    pBetter: null,
  };
  return { ...nothing, ...known, verdict: 'inconclusive', reason };
}
