import { own } from '../base/own.ts';
import { type Check, type Inconsistency, problem } from './inconsistency.ts';
import type { ScenarioShape } from './shape.ts';

type CorpusShape = ScenarioShape['corpus'];

/** Notes that one run signs for itself; a larger store is generated once and kept. */
const MOST_SIGNED = 1_000_000;

/** Whether a scenario names a corpus, instead of having notes signed for the run. */
export function isNamed({ profile, file }: Pick<CorpusShape, 'profile' | 'file'>): boolean {
  return profile !== undefined || file !== undefined;
}

const oneOrigin: Check = ({ corpus }) => {
  const { profile, file, events } = corpus;
  if (profile !== undefined && file !== undefined)
    return [problem(['corpus', 'file'], 'and `profile` both name a corpus: leave one of them out')];
  if (profile !== undefined && events === 0)
    return [problem(['corpus', 'events'], 'is required: how many events the generated corpus has')];
  if (file !== undefined && events > 0)
    return [problem(['corpus', 'events'], 'has no meaning with a file, which already has its events')];
  return !isNamed(corpus) && events > MOST_SIGNED
    ? [
        problem(
          ['corpus', 'events'],
          'is more than 1,000,000: name a `profile`, which is generated only once',
        ),
      ]
    : [];
};

const NEEDS_PROFILE = ['seed', 'fresh', 'endless'] as const;

const keysHaveMeaning: Check = ({ corpus, workloads: { publish } }) => {
  const idle = NEEDS_PROFILE.filter(
    (key) => corpus.profile === undefined && corpus[key] !== undefined && corpus[key] !== false,
  ).map((key) => problem(['corpus', key], 'needs a generated corpus (`profile`)'));
  if (isNamed(corpus)) return idle;
  const stored =
    corpus.stored === undefined
      ? []
      : [problem(['corpus', 'stored'], 'needs a named corpus (`profile` or `file`)')];
  const replays: Inconsistency[] = [];
  if (publish?.pace === 'recorded')
    replays.push(problem(['workloads', 'publish', 'pace'], 'recorded needs a named corpus'));
  if ((publish?.copies ?? 1) > 1)
    replays.push(problem(['workloads', 'publish', 'copies'], 'need a named corpus'));
  return [...idle, ...stored, ...replays];
};

const recordedPaceStandsAlone: Check = ({ load, phases, corpus, workloads: { publish } }) => {
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

const storedIsPart: Check = ({ corpus, workloads: { publish, query } }) => {
  const { profile, events, stored, endless, fresh } = corpus;
  if (!isNamed(corpus)) return [];
  const at = ['corpus', 'stored'];
  if (profile !== undefined && stored !== undefined && stored > events)
    return [problem(at, `is ${stored}, but the corpus has only ${events} events`)];
  if (profile !== undefined && publish !== undefined && stored === events && !endless)
    return [problem(at, 'is the whole corpus: nothing is left to publish')];
  if (endless && fresh)
    return [
      problem(['corpus', 'endless'], 'would go on into the future, which relays refuse: leave out `fresh`'),
    ];
  if (endless && query !== undefined)
    return [problem(['corpus', 'endless'], 'leaves the right answers to queries unknown')];
  const draws = query?.filters.some(({ filter }) =>
    Object.entries(filter).some(([key, value]) => typeof value === 'number' && !UNDRAWN.has(key)),
  );
  return draws === true && publish !== undefined && (stored ?? 0) === 0
    ? [problem(at, 'is required where filters draw from a corpus that is also published')]
    : [];
};

/** Fields of a filter whose numbers are meant as they stand. */
const UNDRAWN = new Set(['since', 'until', 'limit']);

const drawsAreCovered: Check = ({ workloads: { publish, query }, corpus }) => {
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

/** What the corpus and its users demand of each other. */
export const CORPUS_CHECKS: readonly Check[] = [
  oneOrigin,
  keysHaveMeaning,
  recordedPaceStandsAlone,
  storedIsPart,
  drawsAreCovered,
];
