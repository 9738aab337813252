import { dirname, resolve } from 'node:path';
import { NS_PER_MS, NS_PER_S } from '../../base/clock.ts';
import { own } from '../../base/own.ts';
import type { CorpusManifest } from '../../corpus/files/manifest.ts';
import { readManifest } from '../../corpus/files/read-manifest.ts';
import { corpusFile } from '../../corpus/replay/corpus-lines.ts';
import { recordedTimesNs } from '../../corpus/replay/recorded-times.ts';
import { CORPUS_SPAN_S, GENERATOR_VERSION } from '../../corpus/spec.ts';
import type { NamedCorpus } from '../../plan/parts.ts';
import { isNamed } from '../../scenario/is-named.ts';
import type { Scenario } from '../../scenario/schema.ts';
import type { Corpora, FoundCorpus } from './corpora.ts';

/** Kinds that live subscriptions to a replayed corpus ask for; see engine/worker/following.ts. */
const FOLLOWED = ['1', '6'];

/** How much of a generated corpus they are, where it is not there to be counted. */
const FOLLOWED_SHARE = { social: 0.43, uniform: 1, heavy: 0.6 } as const;

export interface CorpusRequest {
  /** Flags included. */
  readonly scenario: Scenario;
  /** The file that holds the scenario, from which a corpus is named; null where the command line names it. */
  readonly scenarioFile: string | null;
  readonly corpora: Corpora;
}

/**
 * The corpus that a scenario names, with all that a plan must know of it; null where it names none.
 * @throws RelayBenchError `CORPUS_NOT_FOUND`, `CORPUS_DAMAGED`; what generating throws
 */
export async function findNamedCorpus(request: CorpusRequest): Promise<NamedCorpus | null> {
  const { scenario, scenarioFile, corpora } = request;
  const { corpus } = scenario;
  if (!isNamed(corpus)) return null;
  if (corpus.file === undefined) return ofGenerated(scenario, await corpora.provide(corpus));
  const path = scenarioFile === null ? corpus.file : resolve(dirname(scenarioFile), corpus.file);
  return ofManifest(scenario, path, await readManifest(path));
}

async function ofGenerated(scenario: Scenario, { spec, dir, manifest }: FoundCorpus): Promise<NamedCorpus> {
  if (manifest !== null) return { ...(await ofManifest(scenario, dir, manifest)), generated: spec };
  return {
    profile: spec.profile,
    events: spec.events,
    authors: spec.events,
    followedShare: FOLLOWED_SHARE[spec.profile],
    fingerprint: null,
    fresh: scenario.corpus.fresh,
    file: null,
    maxEventBytes: 0,
    generated: spec,
    createdAt: null,
    recordedNs: estimatedTimesNs(scenario, spec.events),
  };
}

async function ofManifest(scenario: Scenario, path: string, manifest: CorpusManifest): Promise<NamedCorpus> {
  const { source, events, authors, kinds, fingerprint, eventBytes, createdAt } = manifest;
  const file = corpusFile(path, manifest);
  const pace = paceOf(scenario);
  const followed = FOLLOWED.reduce((sum, kind) => sum + (own(kinds, String(kind)) ?? 0), 0);
  return {
    profile: source.type === 'generated' ? source.profile : 'imported',
    events,
    authors,
    followedShare: events === 0 ? 0 : followed / events,
    fingerprint,
    fresh: source.type === 'generated' && source.fresh,
    file,
    maxEventBytes: eventBytes.max,
    generated: specOf(manifest),
    createdAt: { oldest_s: createdAt.oldest_s, newest_s: createdAt.newest_s },
    recordedNs: pace === null ? new Float64Array() : await recordedTimesNs(file, pace),
  };
}

/** How to make the corpus again; null where this version can't. */
function specOf({ source, events }: CorpusManifest): NamedCorpus['generated'] {
  if (source.type !== 'generated' || source.generatorVersion !== GENERATOR_VERSION) return null;
  const { profile, seed, baseTime_s } = source;
  return { profile, seed, events, baseTime_s };
}

/** Null where publishing does not follow the recorded pace. */
function paceOf(scenario: Scenario): { first: number; factor: number; untilNs: number } | null {
  const { publish } = scenario.workloads;
  if (publish?.pace !== 'recorded') return null;
  const lengthMs = scenario.phases.reduce((sum, { duration }) => sum + duration, scenario.warmup);
  return {
    first: scenario.corpus.stored ?? 0,
    factor: publish.paceFactor,
    untilNs: lengthMs * NS_PER_MS,
  };
}

/** Generated events are evenly spread over their span on average. */
function estimatedTimesNs(scenario: Scenario, events: number): Float64Array {
  const pace = paceOf(scenario);
  if (pace === null) return new Float64Array();
  const spacingNs = (CORPUS_SPAN_S * NS_PER_S) / events / pace.factor;
  const due = Math.min(events - pace.first, Math.ceil(pace.untilNs / spacingNs));
  return Float64Array.from({ length: Math.max(0, due) }, (_, n) => n * spacingNs);
}
