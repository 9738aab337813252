import * as z from 'zod';
import { arrivals, count, rate, timeout } from '../../scenario/fields.ts';
import { type Check, problem } from '../../scenario/inconsistency.ts';
import { isNamed } from '../../scenario/is-named.ts';
import { ratePace, workloadForm } from '../../scenario/workload-form.ts';

const difference = z.int().min(0).max(100_000);

const sync = z.strictObject({
  rate,
  arrivals,
  connections: count.optional().describe('Connections that sync, counted from the first; default all.'),
  missing: difference
    .default(50)
    .describe(
      'Stored events that the client does not have and has to find, drawn anew for each of a few clients.',
    ),
  extra: difference
    .default(10)
    .describe('Events that only the client has: it is to find out that the relay lacks them.'),
  timeout: timeout('an end of the sync'),
});

export type SyncForm = z.output<typeof sync>;

type Syncing = Check<{ readonly sync?: SyncForm | undefined }>;

/** Of a named corpus a relay may keep something to itself, and other clients' events match its filters. */
const setIsKnown: Syncing = ({ corpus, workloads: { sync } }) => {
  if (sync === undefined) return [];
  if (isNamed(corpus))
    return [problem(['workloads', 'sync'], 'needs notes that are signed for the run, no named corpus')];
  if (corpus.events === 0) return [problem(['corpus', 'events'], 'is required: what the relay is to have')];
  return sync.missing > corpus.events
    ? [problem(['workloads', 'sync', 'missing'], `is ${sync.missing}, the corpus has only ${corpus.events}`)]
    : [];
};

/** Syncing, as a scenario asks for it (NIP-77). */
export const syncForm = workloadForm({
  form: sync,
  checks: [setIsKnown],
  pace: ratePace<SyncForm>(),
  closed: 'none',
});
