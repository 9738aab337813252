import { timeoutText } from '../../plan/describe-text.ts';
import { PLAIN_PLANNER, type WorkloadPlanner } from '../../plan/workload-planner.ts';
import type { SurvivorsForm } from './form.ts';

export interface SurvivorsPlan {
  readonly timeoutMs: number;
}

export interface Asked {
  readonly survivors?: SurvivorsForm | undefined;
}

/** How reading back survivors is planned. */
export const survivorsPlanner: WorkloadPlanner<Asked, SurvivorsPlan> = {
  ...PLAIN_PLANNER,
  role: 'reading back',
  plan: ({ workloads: { survivors } }) => (survivors === undefined ? null : { timeoutMs: survivors.timeout }),
  /** Which version of an address is the newest is known only to who has sent all of them. */
  constraints: ({ workloads: { survivors } }) => (survivors === undefined ? {} : { most: 1 }),
  describe: (part) => [
    ['survivors', `of every address, on every relay process, after the load; ${timeoutText(part)}`],
  ],
};
