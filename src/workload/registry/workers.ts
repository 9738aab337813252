import { createChurnPart } from '../churn/worker.ts';
import { createConnectPart } from '../connect/worker.ts';
import { createCountPart } from '../count/worker.ts';
import { createPublishPart } from '../publish/worker.ts';
import { createQueryPart } from '../query/worker.ts';
import { createRecordedPart } from '../recorded/worker.ts';
import { createSessionsPart } from '../sessions/worker.ts';
import { createSlowReaderPart } from '../slow-reader/worker.ts';
import { createStormPart } from '../storm/worker.ts';
import { createSubscribePart } from '../subscribe/worker.ts';
import { createSurvivorsPart } from '../survivors/worker.ts';
import { createSyncPart } from '../sync/worker.ts';
import { createVisibilityPart } from '../visibility/worker.ts';
import type { CreatePart } from '../worker-part.ts';
import type { WorkloadName } from './forms.ts';
import type { WorkloadPlans } from './plans.ts';

/** What workloads do in a worker, in the order in which they get ready: who listens before who publishes. */
export const WORKER_PARTS: { readonly [N in WorkloadName]: CreatePart<NonNullable<WorkloadPlans[N]>> } = {
  subscribe: createSubscribePart,
  'slow-reader': createSlowReaderPart,
  query: createQueryPart,
  count: createCountPart,
  visibility: createVisibilityPart,
  survivors: createSurvivorsPart,
  sync: createSyncPart,
  publish: createPublishPart,
  connect: createConnectPart,
  storm: createStormPart,
  churn: createChurnPart,
  sessions: createSessionsPart,
  recorded: createRecordedPart,
};
