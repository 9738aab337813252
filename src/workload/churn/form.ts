import * as z from 'zod';
import { filterProblems } from '../../scenario/drawn-filters.ts';
import { arrivals, during, rate, stay, timeout } from '../../scenario/fields.ts';
import { type Check, unknownPhases } from '../../scenario/inconsistency.ts';
import { shapedFilters, shapeProblems } from '../../scenario/named-shapes.ts';
import { ratePace, workloadForm } from '../../scenario/workload-form.ts';
import type { PublishForm } from '../publish/form.ts';

/** Half of the visits of a phone are shorter: docs/scenarios.md says where that comes from. */
const PHONE_STAY_MS = 180_000;

const churn = z.strictObject({
  rate: rate.describe('Connections that come per second, on top of `connections`.'),
  arrivals,
  stay: stay(PHONE_STAY_MS),
  filters: shapedFilters('churn_ready_latency')
    .optional()
    .describe(
      'Each asks one of these as soon as it is open, and keeps the subscription until it goes; default: nothing.',
    ),
  during: during('connections come'),
  timeout: timeout('EOSE or CLOSED'),
});

export type ChurnForm = z.output<typeof churn>;

type Churning = Check<{
  readonly publish?: PublishForm | undefined;
  readonly churn?: ChurnForm | undefined;
}>;

const phasesExist: Churning = (scenario) =>
  unknownPhases(scenario.workloads.churn?.during, scenario, ['workloads', 'churn', 'during']);

const filtersAreSound: Churning = ({ corpus, workloads: { publish, churn } }) =>
  churn?.filters === undefined
    ? []
    : [
        ...filterProblems({ workload: 'churn', filters: churn.filters }, corpus, publish),
        ...shapeProblems(churn.filters, corpus, ['workloads', 'churn', 'filters']),
      ];

/** Connections that come and go, as a scenario asks for them. */
export const churnForm = workloadForm({
  form: churn,
  checks: [phasesExist, filtersAreSound],
  pace: ratePace<ChurnForm>(),
  closed: 'none',
});
