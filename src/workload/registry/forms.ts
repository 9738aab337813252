import { churnForm } from '../churn/form.ts';
import { connectForm } from '../connect/form.ts';
import { countForm } from '../count/form.ts';
import { publishForm } from '../publish/form.ts';
import { queryForm } from '../query/form.ts';
import { recordedForm } from '../recorded/form.ts';
import { sessionsForm } from '../sessions/form.ts';
import { slowReaderForm } from '../slow-reader/form.ts';
import { stormForm } from '../storm/form.ts';
import { subscribeForm } from '../subscribe/form.ts';
import { survivorsForm } from '../survivors/form.ts';
import { syncForm } from '../sync/form.ts';
import { visibilityForm } from '../visibility/form.ts';

/** What a scenario may ask for, in the order in which it is shown. */
export const WORKLOAD_FORMS = {
  publish: publishForm,
  subscribe: subscribeForm,
  'slow-reader': slowReaderForm,
  query: queryForm,
  count: countForm,
  visibility: visibilityForm,
  survivors: survivorsForm,
  sync: syncForm,
  connect: connectForm,
  storm: stormForm,
  churn: churnForm,
  sessions: sessionsForm,
  recorded: recordedForm,
} as const;

export type WorkloadName = keyof typeof WORKLOAD_FORMS;
export const WORKLOAD_NAMES = Object.keys(WORKLOAD_FORMS) as readonly WorkloadName[];
