import type { RatioDefinition } from './definition.ts';
import { type Entries, entriesOf } from './sets.ts';

/** Ratios in 0..1, computed over the measured phases. */
export const RATIOS: Entries<'ratios'> = entriesOf('ratios');

export type RatioMetric = keyof Entries<'ratios'>;
export const RATIO_NAMES = Object.keys(RATIOS) as readonly RatioMetric[];

/** The entry of a ratio. */
export function ratioDefinition(name: RatioMetric): RatioDefinition {
  return RATIOS[name];
}
