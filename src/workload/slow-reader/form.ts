import * as z from 'zod';
import { count, during } from '../../scenario/fields.ts';
import { type Check, problem, unknownPhases } from '../../scenario/inconsistency.ts';
import { isNamed } from '../../scenario/is-named.ts';
import { workloadForm } from '../../scenario/workload-form.ts';
import type { PublishForm } from '../publish/form.ts';
import type { SubscribeForm } from '../subscribe/form.ts';

const slowReader = z.strictObject({
  connections: count.describe(
    'Clients that read slowly, on connections of their own on top of `connections`: spread over the topics as those of `subscribe` are.',
  ),
  bytesPerSecond: z
    .int()
    .min(1)
    .max(1_000_000_000)
    .default(10_000)
    .describe(
      'How much each of them reads of what comes to it, at most, averaged over its reads of up to 256 KiB.',
    ),
  during: during('they read so slowly: in the others they read as fast as everybody'),
});

export type SlowReaderForm = z.output<typeof slowReader>;

type Reading = Check<{
  readonly publish?: PublishForm | undefined;
  readonly subscribe?: SubscribeForm | undefined;
  readonly 'slow-reader'?: SlowReaderForm | undefined;
}>;

const AT = ['workloads', 'slow-reader'] as const;

const othersReadToo: Reading = ({ workloads: { subscribe, 'slow-reader': slow } }) =>
  slow !== undefined && subscribe === undefined
    ? [problem(AT, 'needs a subscribe workload: those beside whom they read slowly')]
    : [];

const eventsAreSigned: Reading = ({ corpus, workloads }) =>
  workloads['slow-reader'] !== undefined && isNamed(corpus)
    ? [problem(AT, 'needs events that are signed for the run, no named corpus')]
    : [];

const phasesExist: Reading = (scenario) =>
  unknownPhases(scenario.workloads['slow-reader']?.during, scenario, [...AT, 'during']);

/** Clients that read slowly, as a scenario asks for them. */
export const slowReaderForm = workloadForm({
  form: slowReader,
  checks: [othersReadToo, eventsAreSigned, phasesExist],
  pace: null,
  closed: 'follows',
});
