import * as z from 'zod';
import { arrivals, count, name, optionalShare, rate, timeout } from '../../scenario/fields.ts';
import { type Check, type Inconsistency, problem, repeated } from '../../scenario/inconsistency.ts';
import { isNamed } from '../../scenario/is-named.ts';
import { workloadForm } from '../../scenario/workload-form.ts';

const kind = z.int().min(0).max(65_535);
const contentBytes = z.int().min(0);
const authors = z.int().min(1).max(100_000);

const sort = z.strictObject({
  name: name.describe('Label of this sort in metrics and gates: ack_latency{event=NAME}.'),
  weight: z.number().positive().max(1_000_000).default(1).describe('Share among the sorts.'),
  kind: kind.optional().describe('Kind of these events; default: that of all.'),
  contentBytes: z
    .union(
      [contentBytes.max(1_000_000), z.literal('limit')],
      'must be a number of bytes up to 1,000,000, or limit',
    )
    .optional()
    .describe(
      'Length of their content; `limit`: as long as the limits in the NIP-11 document of the relay allow, a message of 64 KiB where it has none.',
    ),
  authors: authors.optional().describe('Throwaway key pairs that sign them; default: those of all.'),
  keys: z
    .enum(['drawn', 'fresh'])
    .default('drawn')
    .describe('`drawn` from the authors, or a `fresh` key that nobody has seen before for each event.'),
  connections: optionalShare(
    'Share of the publishing connections that send these events and no others, at least one; the other sorts have the rest together.',
  ),
});

/** A sort of event: its name, its share, what it is like. */
export type EventSort = z.output<typeof sort>;

const publish = z.strictObject({
  rate: rate
    .optional()
    .describe(
      'Events per second. Required in the open model unless the pace is recorded; in the closed one replies set the pace.',
    ),
  arrivals,
  pace: z
    .enum(['rate', 'recorded'])
    .default('rate')
    .describe(
      'When the events of a named corpus are published: at `rate`, or as far apart as their created_at are.',
    ),
  paceFactor: z
    .number()
    .positive()
    .max(1e9)
    .default(1)
    .describe('How many times faster than recorded; 3600 puts an hour into a second.'),
  copies: z
    .int()
    .min(1)
    .max(100)
    .default(1)
    .describe(
      'How often each event of a named corpus is published: all but the first are duplicates, as broadcasting clients make them.',
    ),
  connections: count.optional().describe('Connections that publish, counted from the first; default all.'),
  kind: kind.default(1).describe('Kind of the events.'),
  contentBytes: contentBytes.max(60_000).default(280).describe('Length of the content of each event.'),
  authors: authors.default(100).describe('Throwaway key pairs that sign, drawn uniformly.'),
  events: z
    .array(sort)
    .min(1)
    .max(50)
    .optional()
    .describe(
      'Sorts of events that are signed for the run, mixed by weight, each with a latency of its own; `kind`, `contentBytes` and `authors` stand for what a sort does not say.',
    ),
  timeout: timeout('OK'),
});

export type PublishForm = z.output<typeof publish>;

type Publishing = Check<{ readonly publish?: PublishForm | undefined }>;

const openModelHasRate: Publishing = ({ load, workloads: { publish } }) =>
  load.model === 'open' && publish?.pace === 'rate' && publish.rate === undefined
    ? [problem(['workloads', 'publish', 'rate'], 'is required in the open model')]
    : [];

const replayNeedsCorpus: Publishing = ({ corpus, workloads: { publish } }) => {
  if (isNamed(corpus)) return [];
  const replays: Inconsistency[] = [];
  if (publish?.pace === 'recorded')
    replays.push(problem(['workloads', 'publish', 'pace'], 'recorded needs a named corpus'));
  if ((publish?.copies ?? 1) > 1)
    replays.push(problem(['workloads', 'publish', 'copies'], 'need a named corpus'));
  return replays;
};

const recordedPaceStandsAlone: Publishing = ({ load, phases, corpus, workloads: { publish } }) => {
  if (publish === undefined) return [];
  const at = ['workloads', 'publish'];
  if (publish.pace === 'rate')
    return publish.paceFactor === 1 ? [] : [problem([...at, 'paceFactor'], 'needs `pace: recorded`')];
  const problems: Inconsistency[] = [];
  if (load.model === 'closed') problems.push(problem([...at, 'pace'], 'recorded needs the open model'));
  if (publish.rate !== undefined)
    problems.push(problem([...at, 'rate'], 'has no meaning at the recorded pace'));
  if (publish.arrivals !== 'constant')
    problems.push(problem([...at, 'arrivals'], 'have no meaning at the recorded pace'));
  if (publish.copies > 1) problems.push(problem([...at, 'copies'], 'have no recorded pace'));
  if (corpus.endless) problems.push(problem(['corpus', 'endless'], 'has no recorded pace'));
  const levels = phases.flatMap(({ level, rampTo }, index) =>
    level === 1 && rampTo === undefined
      ? []
      : [problem(['phases', index], 'levels scale rates, which the recorded pace does not have')],
  );
  return [...problems, ...levels];
};

/** How many connections a sort has of its own. @param there connections that publish */
export function ownConnections({ connections }: Pick<EventSort, 'connections'>, there: number): number {
  return connections === undefined ? 0 : Math.max(1, Math.floor(connections * there));
}

/** The kinds of the events that are signed for the run. */
export function kindsOf({ kind: standard, events }: PublishForm): readonly number[] {
  return [...new Set(events?.map(({ kind: own = standard }) => own) ?? [standard])];
}

const sortsAreSound: Publishing = ({ load, corpus, connections: all, workloads: { publish } }) => {
  const { events } = publish ?? {};
  if (publish === undefined || events === undefined) return [];
  const at = ['workloads', 'publish', 'events'];
  if (isNamed(corpus)) return [problem(at, 'are signed for the run: a named corpus has its own')];
  const there = publish.connections ?? all.count;
  const own = events.reduce((sum, sort) => sum + ownConnections(sort, there), 0);
  const left = events.some(({ connections }) => connections === undefined) ? 1 : 0;
  return [
    ...repeated(events, (index) => [...at, index, 'name']),
    ...(own + left <= there
      ? []
      : [
          problem(
            at,
            `take ${own} connections of their own and need ${left} for the others, but ${there} publish`,
          ),
        ]),
    ...(own > 0 && load.model === 'closed'
      ? [problem(at, 'have connections of their own in the open model only')]
      : []),
  ];
};

const somethingIsLeft: Publishing = ({ corpus, workloads: { publish } }) => {
  const { profile, events, stored, endless } = corpus;
  return profile !== undefined && publish !== undefined && stored === events && !endless
    ? [problem(['corpus', 'stored'], 'is the whole corpus: nothing is left to publish')]
    : [];
};

/** Publishing, as a scenario asks for it. */
export const publishForm = workloadForm({
  form: publish,
  checks: [openModelHasRate, replayNeedsCorpus, recordedPaceStandsAlone, somethingIsLeft, sortsAreSound],
  pace: {
    faster: (form, factor) => {
      if (form.pace === 'recorded') return { ...form, paceFactor: form.paceFactor * factor };
      return form.rate === undefined ? form : { ...form, rate: form.rate * factor };
    },
    at: (form, rate_per_s) => ({ ...form, rate: rate_per_s, pace: 'rate' as const, paceFactor: 1 }),
  },
  closed: 'leads',
});
