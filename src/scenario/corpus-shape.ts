import * as z from 'zod';

/** Profiles of generated corpora, as `corpus generate` knows them. */
export const CORPUS_PROFILES = ['social', 'uniform', 'heavy'] as const;

/** The `corpus` of a scenario: notes that are signed for the run, or a named corpus. */
export const corpus = z
  .strictObject({
    profile: z
      .enum(CORPUS_PROFILES)
      .optional()
      .describe('Names a generated corpus: publishing replays it, filters are drawn from it.'),
    file: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Names a corpus made by `corpus import` or `corpus generate`: its directory, relative to this file.',
      ),
    seed: z
      .int()
      .min(0)
      .optional()
      .describe('Seed of the generated corpus; default 1, whatever the seed of the run.'),
    fresh: z
      .boolean()
      .default(false)
      .describe('Dates the generated corpus by the clock instead of a fixed time; it is made for this run.'),
    endless: z
      .boolean()
      .default(false)
      .describe('Publishing goes on beyond the generated corpus, with events of the same sort.'),
    stored: z
      .int()
      .min(0)
      .max(10_000_000)
      .optional()
      .describe(
        'Events of the named corpus, from the first, that are stored before the load starts; default none, or all where nothing is published.',
      ),
    events: z
      .int()
      .min(0)
      .max(10_000_000)
      .default(0)
      .describe(
        'Without a profile: notes that are signed for this run and stored before the load starts. With a profile: the size of the corpus.',
      ),
    topics: z
      .int()
      .min(1)
      .max(100_000)
      .default(20)
      .describe('Different "t" tags among the notes that are signed for this run.'),
  })
  .prefault({})
  .describe('Events that queries find, and those that are published where it names a corpus.');
