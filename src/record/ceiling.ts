import type { Doubt } from '../judge/blame.ts';
import type { Ceiling } from './schema.ts';

/** A run that took more than this share of what its generator can do has also measured the generator. */
export const CEILING_LIMIT = 0.7;

/** Why a run is in doubt by its ceiling; empty where it stayed below, or where the ceiling is unknown. */
export function ceilingDoubts(ceiling: Ceiling | null): Doubt[] {
  if (ceiling === null || ceiling.share <= ceiling.limit) return [];
  const text = `generator near its ceiling: ${percent(ceiling.share)} (limit ${percent(ceiling.limit)})`;
  return [{ kind: 'near-ceiling', text }];
}

/** Whole percents; one that exceeds the limit never reads like the limit. */
function percent(share: number): string {
  return `${Math.ceil(Number((share * 100).toPrecision(12)))} %`;
}
