import * as z from 'zod';
import { own } from '../base/own.ts';
import { name } from './fields.ts';
import { filter } from './filter.ts';
import { type Inconsistency, problem, repeated } from './inconsistency.ts';
import { isNamed } from './is-named.ts';
import type { ScenarioParts } from './parts.ts';

/** The shapes of filter that a workload asks with. @param latency that has a series for each of them */
export const namedFilters = (latency: string) =>
  z
    .array(
      z.strictObject({
        name: name.describe(`Label of this shape in metrics and gates: ${latency}{filter=NAME}.`),
        weight: z.number().positive().max(1_000_000).default(1).describe('Share among the filters.'),
        filter,
      }),
    )
    .min(1)
    .max(100);

/** A shape of filter: its name, its share, its filter. */
export type NamedFilter = z.output<ReturnType<typeof namedFilters>>[number];

/** What a workload asks, and where it stands in the scenario. */
export interface AskedFilters {
  readonly workload: string;
  readonly filters: readonly NamedFilter[];
}

/** What filters demand of the rest of a scenario: names of their own, and something to be drawn from. */
export function filterProblems(
  { workload, filters }: AskedFilters,
  corpus: ScenarioParts['corpus'],
  publish: { readonly authors: number } | undefined,
): readonly Inconsistency[] {
  const at = ['workloads', workload, 'filters'];
  return [
    // The same name twice would be one series in the results.
    ...repeated(filters, (index) => [...at, index, 'name']),
    ...drawProblems(filters, at, isNamed(corpus) ? NAMED_POOLS : signedPools(corpus, publish?.authors)),
    ...storedProblems(filters, corpus, publish !== undefined),
  ];
}

/** Fields of a filter whose numbers are meant as they stand. */
const UNDRAWN = new Set(['since', 'until', 'limit']);

/** The numbers of a filter that draw. */
function drawsOf({ filter }: NamedFilter): readonly (readonly [key: string, wanted: number])[] {
  return Object.entries(filter).flatMap(([key, value]) =>
    typeof value === 'number' && !UNDRAWN.has(key) ? [[key, value] as const] : [],
  );
}

function drawProblems(
  filters: readonly NamedFilter[],
  at: Inconsistency['path'],
  pools: Readonly<Record<string, number>>,
): readonly Inconsistency[] {
  return filters.flatMap((each, index) =>
    drawsOf(each).flatMap(([key, wanted]) => {
      const message = drawProblem(wanted, own(pools, key));
      return message === null ? [] : [problem([...at, index, 'filter', key], message)];
    }),
  );
}

/** What is published while it is asked for can't be drawn: nobody knows yet whether it is there. */
function storedProblems(
  filters: readonly NamedFilter[],
  corpus: ScenarioParts['corpus'],
  isPublished: boolean,
): readonly Inconsistency[] {
  const { stored, endless } = corpus;
  if (!isNamed(corpus) || endless || !isPublished || (stored ?? 0) > 0) return [];
  return filters.some((each) => drawsOf(each).length > 0)
    ? [problem(['corpus', 'stored'], 'is required where filters draw from a corpus that is also published')]
    : [];
}

/** What a named corpus has of each is known when it is opened. */
const NAMED_POOLS: Readonly<Record<string, number>> = {
  ids: Number.POSITIVE_INFINITY,
  '#e': Number.POSITIVE_INFINITY,
  authors: Number.POSITIVE_INFINITY,
  '#p': Number.POSITIVE_INFINITY,
  '#t': Number.POSITIVE_INFINITY,
  search: Number.POSITIVE_INFINITY,
};

/** Words of one search; contents that are signed for the run have more. */
const MOST_WORDS = 10;

function signedPools(
  corpus: ScenarioParts['corpus'],
  authorsWanted = corpus.events,
): Readonly<Record<string, number>> {
  const { events } = corpus;
  const authors = Math.min(events, authorsWanted);
  const topics = Math.min(events, corpus.topics);
  return {
    ids: events,
    '#e': events,
    authors,
    '#p': authors,
    '#t': topics,
    search: events > 0 ? MOST_WORDS : 0,
  };
}

function drawProblem(wanted: number, available: number | undefined): string | null {
  if (available === undefined) return `can't be drawn from the corpus: write a list of values`;
  if (wanted <= available) return null;
  return `draws ${wanted} values, a corpus of this size has ${available} (see corpus and publish.authors)`;
}
