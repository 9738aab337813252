import type { Capacity, CapacityStep } from '../../capacity/schema.ts';
import { number } from '../quantity.ts';

/** What a search for the capacity comes to, in a word. */
export type CapacityWord = 'LIMIT' | 'AT LEAST' | 'NONE' | 'INVALID' | 'STOPPED';

/** The word of a document. */
export function wordOf({ limit, ended, steps }: Capacity): CapacityWord {
  if (limit.low === null) {
    if (ended === 'interrupted') return 'STOPPED';
    return steps.some(({ verdict }) => verdict === 'broken') ? 'NONE' : 'INVALID';
  }
  return limit.atLeast ? 'AT LEAST' : 'LIMIT';
}

/** A level with its unit: `296 events/s`, `680 connections`. */
export function levelText({ of, unit }: Pick<Capacity, 'of' | 'unit'>, level: number): string {
  return of === 'rate' ? `${number(level)} ${unit}/s` : `${number(level)} connections`;
}

/** The level of a step. */
export function levelOf(
  { of }: Pick<Capacity, 'of'>,
  step: Pick<CapacityStep, 'rate_per_s' | 'connections'>,
): number {
  return of === 'rate' ? step.rate_per_s : step.connections;
}

const ENDED: Readonly<Record<Capacity['ended'], string>> = {
  tolerance: 'as narrow as was asked for',
  budget: 'the budget was used up',
  floor: 'the lowest level was reached',
  ceiling: 'nothing higher could be offered',
  interrupted: 'it was interrupted',
  'target-lost': 'the target did not come back',
};

/** Why the search ended. */
export function endedText({ ended }: Pick<Capacity, 'ended'>): string {
  return ENDED[ended];
}
