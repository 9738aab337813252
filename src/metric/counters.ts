import type { CounterDefinition } from './definition.ts';
import { type Entries, entriesOf } from './sets.ts';

/** Plain counters of the measured phases; part of the catalogue. */
export const COUNTERS: Entries<'counters'> = entriesOf('counters');

export type CounterMetric = keyof Entries<'counters'>;
export const COUNTER_NAMES = Object.keys(COUNTERS) as readonly CounterMetric[];

/** The entry of a counter. */
export function counterDefinition(name: CounterMetric): CounterDefinition {
  return COUNTERS[name];
}
