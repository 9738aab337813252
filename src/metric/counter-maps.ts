import type { CounterMapDefinition } from './definition.ts';
import { type Entries, entriesOf } from './sets.ts';

/** Counters that are split by a word; part of the catalogue. */
export const COUNTER_MAPS: Entries<'maps'> = entriesOf('maps');

export type CounterMapMetric = keyof Entries<'maps'>;
export const COUNTER_MAP_NAMES = Object.keys(COUNTER_MAPS) as readonly CounterMapMetric[];

/** The entry of a counter that is split by a word. */
export function counterMapDefinition(name: CounterMapMetric): CounterMapDefinition {
  return COUNTER_MAPS[name];
}

/** Whether a counter is split by a word. */
export function isWordCounter(name: string): name is CounterMapMetric {
  return Object.hasOwn(COUNTER_MAPS, name);
}
