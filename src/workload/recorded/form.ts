import * as z from 'zod';
import { RelayBenchError } from '../../base/errors.ts';
import { timeout } from '../../scenario/fields.ts';
import { workloadForm } from '../../scenario/workload-form.ts';

const recorded = z.strictObject({
  trace: z
    .string()
    .min(1)
    .optional()
    .describe(
      'What `relay-bench record` has written: a file or its directory, relative to this file; `--trace` names another.',
    ),
  factor: z.number().positive().max(10_000).default(1).describe('So many times as fast as it was recorded.'),
  timeout: timeout('EOSE, CLOSED, OK or COUNT'),
});

export type RecordedForm = z.output<typeof recorded>;

/** What real clients did, done again, as a scenario asks for it. */
export const recordedForm = workloadForm({
  form: recorded,
  checks: [],
  pace: {
    faster: (form: RecordedForm, factor) => ({ ...form, factor: form.factor * factor }),
    at: () => {
      throw new RelayBenchError('--rate has no meaning for a trace, which has a pace of its own', {
        code: 'PLAN_IMPOSSIBLE',
        hint: 'change the pace with --load-factor',
      });
    },
  },
  traced: (form: RecordedForm, trace) => ({ ...form, trace }),
  closed: 'none',
});
