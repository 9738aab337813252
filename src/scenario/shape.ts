import * as z from 'zod';
import { WORKLOAD_FORMS, type WorkloadName } from '../workload/registry/forms.ts';
import { partsBefore, partsBehind } from './parts.ts';

type Forms = { [N in WorkloadName]: z.ZodOptional<(typeof WORKLOAD_FORMS)[N]['form']> };

const forms = Object.fromEntries(
  Object.entries(WORKLOAD_FORMS).map(([name, { form }]) => [name, form.optional()]),
) as Forms;

/** The form of a scenario file; `schema.ts` adds what its parts demand of each other. */
export const scenarioShape = z.strictObject({
  ...partsBefore,
  workloads: z
    .strictObject(forms)
    .refine((value) => Object.keys(value).length > 0, 'must name at least one workload'),
  ...partsBehind,
});

export type ScenarioShape = z.output<typeof scenarioShape>;
