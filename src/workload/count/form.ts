import * as z from 'zod';
import { filterProblems, namedFilters } from '../../scenario/drawn-filters.ts';
import { arrivals, count as many, rate, timeout } from '../../scenario/fields.ts';
import { type Check, problem } from '../../scenario/inconsistency.ts';
import { ratePace, workloadForm } from '../../scenario/workload-form.ts';
import type { PublishForm } from '../publish/form.ts';

const count = z.strictObject({
  rate,
  arrivals,
  connections: many.optional().describe('Connections that count, counted from the first; default all.'),
  filters: namedFilters('count_latency'),
  timeout: timeout('COUNT or CLOSED'),
});

export type CountForm = z.output<typeof count>;

type Counting = Check<{
  readonly publish?: PublishForm | undefined;
  readonly count?: CountForm | undefined;
}>;

const filtersAreSound: Counting = ({ corpus, workloads: { publish, count } }) =>
  count === undefined ? [] : filterProblems({ workload: 'count', filters: count.filters }, corpus, publish);

/** NIP-45 does not say whether a limit bounds the number: relays differ, and no answer would be wrong. */
const limitsAreAbsent: Counting = ({ workloads: { count } }) =>
  (count?.filters ?? []).flatMap(({ filter }, index) =>
    filter.limit === undefined
      ? []
      : [
          problem(
            ['workloads', 'count', 'filters', index, 'filter', 'limit'],
            'has no meaning where events are counted (NIP-45)',
          ),
        ],
  );

/** How many contents a search finds is the relay's own affair (NIP-50): no number would be wrong. */
const nothingIsSearched: Counting = ({ workloads: { count } }) =>
  (count?.filters ?? []).flatMap(({ filter }, index) =>
    filter.search === undefined
      ? []
      : [
          problem(
            ['workloads', 'count', 'filters', index, 'filter', 'search'],
            'has no number that could be wrong (NIP-50): ask for it in a query',
          ),
        ],
  );

/** Counting, as a scenario asks for it (NIP-45). */
export const countForm = workloadForm({
  form: count,
  checks: [filtersAreSound, limitsAreAbsent, nothingIsSearched],
  pace: ratePace<CountForm>(),
  closed: 'none',
});
