import type * as z from 'zod';
import { inconsistencies } from './consistency.ts';
import { abortOnFail } from './parts.ts';
import { scenarioShape } from './shape.ts';

/**
 * The one schema of a scenario file; types are inferred from it and the JSON Schema is generated from it.
 */
export const scenarioSchema = scenarioShape.superRefine((scenario, context) => {
  for (const { path, message } of inconsistencies(scenario)) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
});

/** When a gate ends the run where only the command line asks for it. */
export const DEFAULT_ABORT = abortOnFail.parse({});

/** A scenario as it runs: defaults filled in, durations in ms, rates per second. */
export type Scenario = z.output<typeof scenarioSchema>;
