import * as z from 'zod';
import { count } from '../../scenario/fields.ts';
import { type Check, problem } from '../../scenario/inconsistency.ts';
import { workloadForm } from '../../scenario/workload-form.ts';

const subscribe = z.strictObject({
  connections: count
    .optional()
    .describe('Connections that hold one live subscription each, counted from the last; default all.'),
  topics: z
    .int()
    .min(1)
    .max(100_000)
    .default(1)
    .describe(
      'Published events rotate through this many topics and subscribers are spread over them: an event reaches connections / topics subscribers.',
    ),
});

export type SubscribeForm = z.output<typeof subscribe>;

const subscribersHavePublisher: Check<{ readonly publish?: unknown; readonly subscribe?: unknown }> = ({
  workloads: { publish, subscribe },
}) =>
  subscribe !== undefined && publish === undefined
    ? [problem(['workloads', 'subscribe'], 'needs a publish workload whose events it can receive')]
    : [];

/** Live subscriptions, as a scenario asks for them. */
export const subscribeForm = workloadForm({
  form: subscribe,
  checks: [subscribersHavePublisher],
  pace: null,
  closed: 'follows',
});
