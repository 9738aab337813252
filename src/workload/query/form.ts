import * as z from 'zod';
import { own } from '../../base/own.ts';
import { arrivals, count, name, rate, share, timeout } from '../../scenario/fields.ts';
import { filter } from '../../scenario/filter.ts';
import { type Check, problem, repeated } from '../../scenario/inconsistency.ts';
import { isNamed } from '../../scenario/is-named.ts';
import type { ScenarioParts } from '../../scenario/parts.ts';
import { ratePace, workloadForm } from '../../scenario/workload-form.ts';
import type { PublishForm } from '../publish/form.ts';

const query = z.strictObject({
  rate,
  arrivals,
  connections: count.optional().describe('Connections that query, counted from the first; default all.'),
  filters: z
    .array(
      z.strictObject({
        name: name.describe('Label of this shape in metrics and gates: eose_latency{filter=NAME}.'),
        weight: z.number().positive().max(1_000_000).default(1).describe('Share among the filters.'),
        filter,
      }),
    )
    .min(1)
    .max(100),
  timeout: timeout('EOSE or CLOSED'),
  check: share(
    '10%',
    'Share of queries whose answer is compared with the right one, which a named corpus tells; on a thread of its own.',
  ),
});

export type QueryForm = z.output<typeof query>;
/** A shape of query: its name, its share, its filter. */
export type FilterSpec = QueryForm['filters'][number];

type CorpusShape = ScenarioParts['corpus'];
type Querying = Check<{
  readonly publish?: PublishForm | undefined;
  readonly query?: QueryForm | undefined;
}>;

/** The same name twice would be one series in the results. */
const namesAreUnique: Querying = ({ workloads: { query } }) =>
  repeated(query?.filters ?? [], (index) => ['workloads', 'query', 'filters', index, 'name']);

const answersAreKnown: Querying = ({ corpus, workloads: { publish, query } }) => {
  const { stored, endless, fresh } = corpus;
  if (!isNamed(corpus) || query === undefined) return [];
  if (endless)
    return fresh ? [] : [problem(['corpus', 'endless'], 'leaves the right answers to queries unknown')];
  const draws = query.filters.some((each) =>
    Object.entries(each.filter).some(([key, value]) => typeof value === 'number' && !UNDRAWN.has(key)),
  );
  return draws && publish !== undefined && (stored ?? 0) === 0
    ? [problem(['corpus', 'stored'], 'is required where filters draw from a corpus that is also published')]
    : [];
};

/** Fields of a filter whose numbers are meant as they stand. */
const UNDRAWN = new Set(['since', 'until', 'limit']);

const drawsAreCovered: Querying = ({ workloads: { publish, query }, corpus }) => {
  const pools = isNamed(corpus) ? NAMED_POOLS : signedPools(corpus, publish?.authors);
  return (query?.filters ?? []).flatMap(({ filter }, index) =>
    Object.entries(filter).flatMap(([key, wanted]) => {
      if (typeof wanted !== 'number' || UNDRAWN.has(key)) return [];
      const message = drawProblem(wanted, own(pools, key));
      return message === null
        ? []
        : [problem(['workloads', 'query', 'filters', index, 'filter', key], message)];
    }),
  );
};

/** What a named corpus has of each is known when it is opened. */
const NAMED_POOLS: Readonly<Record<string, number>> = {
  ids: Number.POSITIVE_INFINITY,
  '#e': Number.POSITIVE_INFINITY,
  authors: Number.POSITIVE_INFINITY,
  '#p': Number.POSITIVE_INFINITY,
  '#t': Number.POSITIVE_INFINITY,
};

function signedPools(corpus: CorpusShape, authorsWanted = corpus.events): Readonly<Record<string, number>> {
  const { events } = corpus;
  const authors = Math.min(events, authorsWanted);
  const topics = Math.min(events, corpus.topics);
  return { ids: events, '#e': events, authors, '#p': authors, '#t': topics };
}

function drawProblem(wanted: number, available: number | undefined): string | null {
  if (available === undefined) return `can't be drawn from the corpus: write a list of values`;
  if (wanted <= available) return null;
  return `draws ${wanted} values, a corpus of this size has ${available} (see corpus and publish.authors)`;
}

/** Queries, as a scenario asks for them. */
export const queryForm = workloadForm({
  form: query,
  checks: [namesAreUnique, answersAreKnown, drawsAreCovered],
  pace: ratePace<QueryForm>(),
  closed: 'none',
});
