import * as z from 'zod';
import { count, positiveDuration, rate, timeout } from '../../scenario/fields.ts';
import { type Check, problem } from '../../scenario/inconsistency.ts';
import { isNamed } from '../../scenario/is-named.ts';
import { workloadForm } from '../../scenario/workload-form.ts';
import { kindsOf, type PublishForm } from '../publish/form.ts';

const visibility = z.strictObject({
  samples: rate
    .default(10)
    .describe('Published events that are watched, at most, over all workers together.'),
  every: positiveDuration
    .default(5)
    .describe(
      'A watched event is asked for this often, which is also how much too high its latency can be. Polling is a load of its own.',
    ),
  atOnce: z
    .int()
    .min(1)
    .max(1_000)
    .default(8)
    .describe(
      'Events that are watched at once on one worker: bounds the polls of a relay that never shows them.',
    ),
  connections: count.optional().describe('Connections that ask, counted from the last; default all.'),
  timeout: timeout('a REQ that returns the event'),
});

export type VisibilityForm = z.output<typeof visibility>;

type Watching = Check<{
  readonly publish?: PublishForm | undefined;
  readonly visibility?: VisibilityForm | undefined;
}>;

const somethingIsPublished: Watching = ({ workloads: { publish, visibility } }) =>
  visibility !== undefined && publish === undefined
    ? [problem(['workloads', 'visibility'], 'needs a publish workload whose events it can watch')]
    : [];

/** An event of a corpus may be deleted, replaced or for its recipient only: nobody could say that it must be seen. */
const eventsStay: Watching = ({ corpus, workloads: { publish, visibility } }) => {
  if (visibility === undefined || publish === undefined) return [];
  if (isNamed(corpus))
    return [
      problem(['workloads', 'visibility'], 'needs events that are signed for the run, no named corpus'),
    ];
  return kindsOf(publish).every(isKept)
    ? []
    : [
        problem(
          ['workloads', 'publish', 'kind'],
          'must be one that relays keep and show to everybody, such as 1: its events are watched',
        ),
      ];
};

/** Direct messages and gift wraps, which relays may show to their recipients only. */
const PRIVATE = new Set([4, 13, 14, 15, 1_059, 1_060]);

/** Regular by NIP-01, and for everybody. */
function isKept(kind: number): boolean {
  const isRegular = (kind < 10_000 || kind >= 40_000) && kind !== 0 && kind !== 3;
  return isRegular && !PRIVATE.has(kind);
}

const somebodyElseAsks: Watching = ({ connections, workloads: { visibility } }) =>
  visibility !== undefined && connections.count < 2
    ? [problem(['connections', 'count'], 'must be at least 2: who asks is not who has written')]
    : [];

/** Watching what is published, as a scenario asks for it. */
export const visibilityForm = workloadForm({
  form: visibility,
  checks: [somethingIsPublished, eventsStay, somebodyElseAsks],
  pace: null,
  closed: 'follows',
});
