import { type Check, problem } from './inconsistency.ts';
import { isNamed } from './is-named.ts';

/** Notes that one run signs for itself; a larger store is generated once and kept. */
const MOST_SIGNED = 1_000_000;

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

const keysHaveMeaning: Check = ({ corpus }) => {
  const idle = NEEDS_PROFILE.filter(
    (key) => corpus.profile === undefined && corpus[key] !== undefined && corpus[key] !== false,
  ).map((key) => problem(['corpus', key], 'needs a generated corpus (`profile`)'));
  if (isNamed(corpus) || corpus.stored === undefined) return idle;
  return [...idle, problem(['corpus', 'stored'], 'needs a named corpus (`profile` or `file`)')];
};

const storedIsPart: Check = ({ corpus }) => {
  const { profile, events, stored, endless, fresh } = corpus;
  if (!isNamed(corpus)) return [];
  if (profile !== undefined && stored !== undefined && stored > events)
    return [problem(['corpus', 'stored'], `is ${stored}, but the corpus has only ${events} events`)];
  return endless && fresh
    ? [problem(['corpus', 'endless'], 'would go on into the future, which relays refuse: leave out `fresh`')]
    : [];
};

/** What the keys of the corpus demand of each other. */
export const CORPUS_CHECKS: readonly Check[] = [oneOrigin, keysHaveMeaning, storedIsPart];
