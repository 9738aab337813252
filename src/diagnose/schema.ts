import * as z from 'zod';
import { CAUSE_NAMES } from './causes.ts';

/** Version of the format of `diagnose --format json`; additions raise the minor number, anything else the major one. */
export const DIAGNOSIS_VERSION = '1.0.0';

const cause = z.enum(CAUSE_NAMES);

/** The one schema of what `diagnose` says. */
export const diagnosisSchema = z.strictObject({
  diagnosisVersion: z.string().regex(/^\d+\.\d+\.\d+$/),
  runId: z.string(),
  scenario: z.string(),
  /** Of the run. */
  verdict: z.enum(['pass', 'fail', 'invalid']),
  /** What saturated first; null where nothing was seen to. */
  bottleneck: cause.nullable(),
  /** Every part that was at its end, the surest first. */
  suspects: z.array(
    z.strictObject({
      cause,
      /** The component, where there are several of its kind. */
      component: z.string().nullable(),
      sureness: z.enum(['sure', 'likely', 'possible']),
      title: z.string(),
      /** Figures, one sentence each. */
      evidence: z.array(z.string()),
      /** Of the load, in which it was saturated; empty where that has no seconds. */
      seconds: z.array(z.number()),
      remedy: z.string(),
      /** Of the documentation. */
      page: z.string(),
    }),
  ),
  /** How busy parts were that were not at their end, the busiest first. */
  headroom: z.array(z.strictObject({ what: z.string(), share: z.number(), text: z.string() })),
  /** What the record can't tell. */
  notSeen: z.array(z.string()),
});

export type Diagnosis = z.infer<typeof diagnosisSchema>;
