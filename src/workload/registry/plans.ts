import { churnPlanner } from '../churn/plan.ts';
import { connectPlanner } from '../connect/plan.ts';
import { countPlanner } from '../count/plan.ts';
import { publishPlanner } from '../publish/plan.ts';
import { queryPlanner } from '../query/plan.ts';
import { recordedPlanner } from '../recorded/plan.ts';
import { sessionsPlanner } from '../sessions/plan.ts';
import { slowReaderPlanner } from '../slow-reader/plan.ts';
import { stormPlanner } from '../storm/plan.ts';
import { subscribePlanner } from '../subscribe/plan.ts';
import { survivorsPlanner } from '../survivors/plan.ts';
import { syncPlanner } from '../sync/plan.ts';
import { visibilityPlanner } from '../visibility/plan.ts';
import type { WorkloadName } from './forms.ts';

/** How workloads are planned, in the order of their default gates. */
export const PLANNERS = {
  publish: publishPlanner,
  query: queryPlanner,
  count: countPlanner,
  visibility: visibilityPlanner,
  survivors: survivorsPlanner,
  sync: syncPlanner,
  subscribe: subscribePlanner,
  'slow-reader': slowReaderPlanner,
  connect: connectPlanner,
  storm: stormPlanner,
  churn: churnPlanner,
  sessions: sessionsPlanner,
  recorded: recordedPlanner,
} as const satisfies Record<WorkloadName, unknown>;

/** The part of a plan of each workload that takes part. */
export type WorkloadPlans = {
  readonly [N in WorkloadName]?: NonNullable<ReturnType<(typeof PLANNERS)[N]['plan']>>;
};
