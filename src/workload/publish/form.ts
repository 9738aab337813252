import * as z from 'zod';
import { arrivals, count, rate, timeout } from '../../scenario/fields.ts';
import { type Check, type Inconsistency, problem } from '../../scenario/inconsistency.ts';
import { isNamed } from '../../scenario/is-named.ts';
import { workloadForm } from '../../scenario/workload-form.ts';

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
  kind: z.int().min(0).max(65_535).default(1).describe('Kind of the events.'),
  contentBytes: z.int().min(0).max(60_000).default(280).describe('Length of the content of each event.'),
  authors: z
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe('Throwaway key pairs that sign, drawn uniformly.'),
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

const somethingIsLeft: Publishing = ({ corpus, workloads: { publish } }) => {
  const { profile, events, stored, endless } = corpus;
  return profile !== undefined && publish !== undefined && stored === events && !endless
    ? [problem(['corpus', 'stored'], 'is the whole corpus: nothing is left to publish')]
    : [];
};

/** Publishing, as a scenario asks for it. */
export const publishForm = workloadForm({
  form: publish,
  checks: [openModelHasRate, replayNeedsCorpus, recordedPaceStandsAlone, somethingIsLeft],
  pace: {
    faster: (form, factor) => {
      if (form.pace === 'recorded') return { ...form, paceFactor: form.paceFactor * factor };
      return form.rate === undefined ? form : { ...form, rate: form.rate * factor };
    },
    at: (form, rate_per_s) => ({ ...form, rate: rate_per_s, pace: 'rate' as const, paceFactor: 1 }),
  },
  closed: 'leads',
});
