import { NS_PER_S } from '../base/clock.ts';
import { RelayBenchError } from '../base/errors.ts';
import type { Scenario } from '../scenario/schema.ts';
import { ALL_PLANNERS } from './each-workload.ts';
import { cutPhases, exhaustionNs } from './exhaustion.ts';
import type { NamedCorpus, PlannedPhase, ReplayPlan } from './parts.ts';
import type { Plan } from './plan.ts';
import type { CorpusUse, PublishBounds } from './workload-planner.ts';

/** Notes that are signed where nothing is published. */
const DEFAULT_NOTES = { authors: 100, kind: 1, contentBytes: 280 };
/** Events whose answers fit into memory beside the load: some 300 MB a million. */
const MOST_INDEXED = 2_000_000;

/** What a run takes from its corpus. */
export interface PlannedCorpus {
  readonly corpus: Plan['corpus'];
  readonly replay: ReplayPlan | null;
  readonly bounds: PublishBounds;
}

/**
 * Which events of a corpus are stored before the load and which are published.
 * @param named null where the scenario names none
 * @throws RelayBenchError `PLAN_IMPOSSIBLE` where the corpus is too small or too large for the scenario
 */
export function planCorpus(scenario: Scenario, named: NamedCorpus | null): PlannedCorpus {
  const { corpus } = scenario;
  const { events, topics } = corpus;
  const use: CorpusUse = Object.assign({}, ...ALL_PLANNERS.map(([, planner]) => planner.corpus(scenario)));
  const { authors, kind, contentBytes } = use.publishes ?? DEFAULT_NOTES;
  const notes = { kind, contentBytes };
  if (named === null)
    return { corpus: { profile: 'notes', events, topics, authors, notes, named }, replay: null, bounds: {} };
  const stored = corpus.stored ?? (use.publishes === undefined ? named.events : 0);
  requireEnough(use, named, { stored, isEndless: corpus.endless });
  const planned = { profile: named.profile, events: stored, topics, authors: named.authors, notes, named };
  if (use.publishes === undefined) return { corpus: planned, replay: null, bounds: {} };
  const { copies, isRecorded } = use.publishes;
  const end = corpus.endless ? Number.POSITIVE_INFINITY : named.events;
  const replay = { first: stored, end, copies };
  const bounds = isRecorded ? { recordedNs: named.recordedNs } : { limit: (end - stored) * copies };
  return { corpus: planned, replay, bounds };
}

function requireFollowed({ topics, key }: NonNullable<CorpusUse['followed']>, authors: number): void {
  if (topics <= authors) return;
  throw new RelayBenchError(
    `the corpus has ${count(authors)} authors, subscribers are to follow those of ${count(topics)} topics`,
    { code: 'PLAN_IMPOSSIBLE', hint: `lower ${key}` },
  );
}

function requireEnough(
  { publishes, followed, isAsked }: CorpusUse,
  { events, authors }: NamedCorpus,
  { stored, isEndless }: { readonly stored: number; readonly isEndless: boolean },
): void {
  if (followed !== undefined) requireFollowed(followed, authors);
  const needed = publishes === undefined || isEndless ? stored : stored + 1;
  if (events < needed) {
    throw new RelayBenchError(
      `the corpus has ${count(events)} events, ${count(stored)} of them are to be stored before the load${needed > stored ? ': nothing is left to publish' : ''}`,
      { code: 'PLAN_IMPOSSIBLE', hint: 'take a larger corpus, or lower corpus.stored' },
    );
  }
  if (isAsked === true && events > MOST_INDEXED) {
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
  const exhaustedNs = exhaustedAt(scenario, phases, bounds);
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

/** When the stream that publishes the corpus runs out of events; null where it lasts. */
function exhaustedAt(
  scenario: Scenario,
  phases: readonly PlannedPhase[],
  bounds: PublishBounds,
): number | null {
  if (scenario.load.model === 'closed') return null;
  const ends = ALL_PLANNERS.flatMap(([, planner]) => {
    const stream = planner.stream(scenario, bounds);
    return (stream && exhaustionNs(stream, phases, scenario.seed)) ?? [];
  });
  return ends.length === 0 ? null : Math.min(...ends);
}
