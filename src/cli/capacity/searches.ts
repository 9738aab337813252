import { join, resolve } from 'node:path';
import { RelayBenchError } from '../../base/errors.ts';
import { combineSearches, directoryOf, type RelaySearch } from '../../capacity/over-relays.ts';
import type { Capacity } from '../../capacity/schema.ts';
import type { Plan } from '../../plan/plan.ts';
import { writeRunRecord } from '../../record/write.ts';
import { FORMATS } from '../../report/formats.ts';
import { readState } from '../../stack/state.ts';
import { resolveShape } from '../../stack/topology.ts';
import type { CommandHost } from '../host.ts';
import { writeReports } from '../report-format.ts';
import { defaultStackDir } from '../stack/stack-dir.ts';
import type { CapacityFlags } from './flags.ts';
import { type Levels, levelsOf } from './levels.ts';
import { inDirectory, type Place, placeOf, stackPlace } from './place.ts';
import { type SearchRequest, searchIn } from './search-in.ts';

/** A search before it begins. */
export interface PlannedSearch {
  readonly place: Place;
  readonly levels: Levels;
  /** Plan of its first step. */
  readonly first: Plan;
  /** Where its files go, below the directory of the result; empty where it is the only one. */
  readonly directory: string;
}

/**
 * The searches that the flags ask for, in their order: one, or with `--relays` one for each number.
 * @throws RelayBenchError `RELAYS_INVALID`, `STACK_SHAPE_INVALID`, what `placeOf` and `levelsOf` throw
 */
export async function planSearches(
  scenario: string,
  flags: CapacityFlags,
  host: CommandHost,
): Promise<readonly PlannedSearch[]> {
  const { relays } = flags;
  const places = relays === undefined ? [await placeOf(flags, host)] : ownStacks(relays, flags, host);
  const searches: PlannedSearch[] = [];
  for (const place of places) {
    const levels = await levelsOf(scenario, flags, { place, host });
    const first = await levels.planAt(levels.search.start);
    const directory = place.relays === null ? '' : directoryOf(place.relays);
    searches.push({ place, levels, first, directory });
  }
  return searches;
}

function ownStacks(relays: readonly number[], flags: CapacityFlags, host: CommandHost): Place[] {
  const { stack, stackDir, of } = flags;
  if (stack === undefined)
    throw refused('--relays needs --stack scaled', 'each number of relays gets a stack of its own');
  if (of !== 'rate')
    throw refused('--relays asks how the rate grows, not --of connections', 'leave --of connections out');
  for (const count of relays) resolveShape(stack, { relays: count });
  const dir = resolve(stackDir ?? defaultStackDir(host.io.env));
  if (readState(dir) !== null)
    throw refused(
      `${dir} holds a stack already, and --relays brings up stacks of its own there`,
      'end it with relay-bench stack down, or name another directory with --stack-dir',
    );
  return relays.map((count) => stackPlace(stack, { ...inDirectory(flags), relays: count }, host));
}

function refused(message: string, hint: string): RelayBenchError {
  return new RelayBenchError(message, { code: 'RELAYS_INVALID', hint });
}

/** What searches need besides what was planned. */
export interface SearchesRequest
  extends Pick<SearchRequest, 'flags' | 'host' | 'session' | 'supply' | 'say'> {
  readonly searches: readonly PlannedSearch[];
  /** Of the result. */
  readonly outDir: string;
}

/** What came of them. */
export interface Searched {
  /** Every search that was carried out, if only in part. */
  readonly all: readonly Capacity[];
  /** The one document of them all. */
  readonly document: Capacity;
  /** What kept a later one from being carried out; null where nothing did. */
  readonly failure: RelayBenchError | null;
}

/** The stages that reach outside this process; tests replace them. */
export interface SearchesStages {
  readonly searchIn: typeof searchIn;
}

/**
 * Carries out one search after the other, each with reports of its own where there are several. What goes wrong in a
 * later one ends them with what is known by then.
 * @throws RelayBenchError what the first one throws
 */
export async function runSearches(
  request: SearchesRequest,
  stages: SearchesStages = { searchIn },
): Promise<Searched> {
  const { searches } = request;
  const [only] = searches;
  if (only !== undefined && only.place.relays === null) {
    const document = await runOne(request, only, stages);
    return { all: [document], document, failure: null };
  }
  const { done, failure } = await runEach(request, stages);
  const left = searches.slice(done.length).map(({ place }) => place.name);
  const why = failure?.message ?? 'interrupted';
  const document = combineSearches(
    done,
    left.map((name) => `${name} was not searched: ${why}`),
  );
  if (document === null) throw new Error('there is nothing to search');
  return { all: done.map(({ found }) => found), document, failure };
}

async function runEach(
  request: SearchesRequest,
  stages: SearchesStages,
): Promise<{ readonly done: readonly RelaySearch[]; readonly failure: RelayBenchError | null }> {
  const { searches, session, say, outDir } = request;
  const done: RelaySearch[] = [];
  for (const one of searches) {
    if (done.length > 0 && session.interruption.received() !== null) break;
    say(`${one.place.name} (${done.length + 1} of ${searches.length})`);
    try {
      const found = await runOne(request, one, stages);
      await writeReports(FORMATS.capacity, found, join(outDir, one.directory));
      done.push({ relays: one.place.relays ?? 0, found });
    } catch (error) {
      if (done.length === 0 || !(error instanceof RelayBenchError)) throw error;
      return { done, failure: error };
    }
  }
  return { done, failure: null };
}

function runOne(
  { searches: _, outDir, ...request }: SearchesRequest,
  { directory, ...search }: PlannedSearch,
  stages: SearchesStages,
): Promise<Capacity> {
  return stages.searchIn({
    ...request,
    ...search,
    keep: (record, file) => writeRunRecord(join(outDir, directory, file), record),
  });
}
