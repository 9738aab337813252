import { NS_PER_S } from '../base/clock.ts';
import { RelayBenchError } from '../base/errors.ts';
import type { Scenario } from '../scenario/schema.ts';
import { cutPhases, exhaustionNs } from './exhaustion.ts';
import type { NamedCorpus, Plan, PlannedPhase, ReplayPlan } from './plan.ts';
import { type PublishBounds, publishStream } from './schedule.ts';

/** Authors of notes that are signed without a publish workload. */
const DEFAULT_AUTHORS = 100;
/** Events whose answers fit into memory beside the load: some 300 MB a million. */
const MOST_INDEXED = 2_000_000;

/** What a run takes from its corpus. */
export interface CorpusUse {
  readonly corpus: Plan['corpus'];
  readonly replay: ReplayPlan | null;
  readonly bounds: PublishBounds;
}

/**
 * Which events of a corpus are stored before the load and which are published.
 * @param named null where the scenario names none
 * @throws RelayBenchError `PLAN_IMPOSSIBLE` where the corpus is too small or too large for the scenario
 */
export function planCorpus(scenario: Scenario, named: NamedCorpus | null): CorpusUse {
  const { corpus, workloads } = scenario;
  const { events, topics } = corpus;
  if (named === null) {
    const authors = workloads.publish?.authors ?? DEFAULT_AUTHORS;
    return { corpus: { profile: 'notes', events, topics, authors, named }, replay: null, bounds: {} };
  }
  const isPublished = workloads.publish !== undefined;
  const stored = corpus.stored ?? (isPublished ? 0 : named.events);
  requireEnough(scenario, named, stored);
  const { profile, authors } = named;
  const use = { profile, events: stored, topics, authors, named };
  if (!isPublished) return { corpus: use, replay: null, bounds: {} };
  const end = corpus.endless ? Number.POSITIVE_INFINITY : named.events;
  const replay = { first: stored, end, copies: workloads.publish?.copies ?? 1 };
  const bounds =
    workloads.publish?.pace === 'recorded'
      ? { recordedNs: named.recordedNs }
      : { limit: (end - stored) * replay.copies };
  return { corpus: use, replay, bounds };
}

function requireFollowed(topics: number, authors: number): void {
  if (topics <= authors) return;
  throw new RelayBenchError(
    `the corpus has ${count(authors)} authors, subscribers are to follow those of ${count(topics)} topics`,
    { code: 'PLAN_IMPOSSIBLE', hint: 'lower workloads.subscribe.topics' },
  );
}

function requireEnough(
  { corpus, workloads }: Scenario,
  { events, authors }: NamedCorpus,
  stored: number,
): void {
  requireFollowed(workloads.subscribe?.topics ?? 0, authors);
  const needed = workloads.publish === undefined || corpus.endless ? stored : stored + 1;
  if (events < needed) {
    throw new RelayBenchError(
      `the corpus has ${count(events)} events, ${count(stored)} of them are to be stored before the load${needed > stored ? ': nothing is left to publish' : ''}`,
      { code: 'PLAN_IMPOSSIBLE', hint: 'take a larger corpus, or lower corpus.stored' },
    );
  }
  if (workloads.query !== undefined && events > MOST_INDEXED) {
    throw new RelayBenchError(
      `the corpus has ${count(events)} events, right answers are known for at most ${count(MOST_INDEXED)}`,
      { code: 'PLAN_IMPOSSIBLE', hint: 'query a smaller corpus' },
    );
  }
}

/**
 * The phases as far as the corpus lasts: where it has no more events, the run ends. Publishing less for the rest of a
 * phase would be another load than the one asked for.
 * @throws RelayBenchError `PLAN_IMPOSSIBLE` where a phase would not begin at all
 */
export function phasesWithin(
  scenario: Scenario,
  phases: readonly PlannedPhase[],
  bounds: PublishBounds,
): { readonly phases: readonly PlannedPhase[]; readonly exhaustedNs: number | null } {
  const stream = scenario.load.model === 'open' ? publishStream(scenario, bounds) : null;
  const exhaustedNs = stream === null ? null : exhaustionNs(stream, phases, scenario.seed);
  if (exhaustedNs === null) return { phases, exhaustedNs };
  const cut = cutPhases(phases, exhaustedNs);
  const unreached = phases[cut.length];
  if (unreached === undefined) return { phases: cut, exhaustedNs };
  throw new RelayBenchError(
    `the corpus has no more events after ${(exhaustedNs / NS_PER_S).toFixed(1)} s, before phase "${unreached.name}" begins`,
    { code: 'PLAN_IMPOSSIBLE', hint: 'take a larger corpus, a lower rate, or shorter phases' },
  );
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
