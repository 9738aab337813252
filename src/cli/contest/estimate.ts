import { NS_PER_MS } from '../../base/clock.ts';
import { formatDurationMs } from '../../base/duration.ts';
import type { Plan } from '../../plan/plan.ts';

/** How long so many runs of a plan take at least, for a person. */
export function durationText(plan: Plan, runs: number): string {
  const loadMs = (plan.phases.at(-1)?.endNs ?? 0) / NS_PER_MS;
  return `at least ${formatDurationMs(loadMs * runs)}`;
}
