import type { PlanParts } from './parts.ts';

/** Arrivals of a stream in the measured phases; Infinity where replies set the pace. */
export function measuredArrivals(plan: Pick<PlanParts, 'load' | 'phases' | 'streams'>, name: string): number {
  if (plan.load.model === 'closed') return Number.POSITIVE_INFINITY;
  const perPhase = plan.streams.find((stream) => stream.name === name)?.perPhase ?? [];
  return perPhase.reduce((sum, count, i) => (plan.phases[i]?.kind === 'measured' ? sum + count : sum), 0);
}
