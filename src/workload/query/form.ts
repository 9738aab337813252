import * as z from 'zod';
import { filterProblems } from '../../scenario/drawn-filters.ts';
import { arrivals, count, rate, share, timeout } from '../../scenario/fields.ts';
import { type Check, problem } from '../../scenario/inconsistency.ts';
import { isNamed } from '../../scenario/is-named.ts';
import { type ShapedFilter, shapedFilters, shapeProblems } from '../../scenario/named-shapes.ts';
import { ratePace, workloadForm } from '../../scenario/workload-form.ts';
import type { PublishForm } from '../publish/form.ts';

const query = z.strictObject({
  rate,
  arrivals,
  connections: count.optional().describe('Connections that query, counted from the first; default all.'),
  filters: shapedFilters('eose_latency'),
  popularity: z
    .enum(['even', 'zipf'])
    .optional()
    .describe(
      'How values of filters are drawn: one as likely as the other, or a few of them most of the time, by the law of Zipf; not those of named shapes. Default even.',
    ),
  timeout: timeout('EOSE or CLOSED'),
  check: share(
    '10%',
    'Share of queries whose answer is compared with the right one, which a named corpus tells; on a thread of its own.',
  ),
});

export type QueryForm = z.output<typeof query>;
/** A shape of query: its name, its share, its filter. */
export type FilterSpec = ShapedFilter;

type Querying = Check<{
  readonly publish?: PublishForm | undefined;
  readonly query?: QueryForm | undefined;
}>;

const filtersAreSound: Querying = ({ corpus, workloads: { publish, query } }) =>
  query === undefined
    ? []
    : [
        ...filterProblems({ workload: 'query', filters: query.filters }, corpus, publish),
        ...shapeProblems(query.filters, corpus, ['workloads', 'query', 'filters']),
      ];

const answersAreKnown: Querying = ({ corpus, workloads: { query } }) =>
  isNamed(corpus) && query !== undefined && corpus.endless && !corpus.fresh
    ? [problem(['corpus', 'endless'], 'leaves the right answers to queries unknown')]
    : [];

/** Queries, as a scenario asks for them. */
export const queryForm = workloadForm({
  form: query,
  checks: [filtersAreSound, answersAreKnown],
  pace: ratePace<QueryForm>(),
  closed: 'none',
});
