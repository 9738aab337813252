import { join } from 'node:path';
import { makeDirectory } from '../../base/directory.ts';
import { restart } from '../../fault/actions/restart.ts';
import type { RelayInformationResult } from '../../nostr/nip11-fetch.ts';
import type { RunRecord } from '../../record/schema.ts';
import { writeRunRecord } from '../../record/write.ts';
import { FORMATS } from '../../report/formats.ts';
import { suiteScenarioPath } from '../../scenario/builtin.ts';
import type { Outcome } from '../../suite/build.ts';
import { outcomeOfRun, outcomeOfSearch } from '../../suite/outcome.ts';
import { findCalibration } from '../calibrate/find-calibration.ts';
import type { CapacityFlags } from '../capacity/flags.ts';
import { levelsOf } from '../capacity/levels.ts';
import type { Place } from '../capacity/place.ts';
import { searchIn } from '../capacity/search-in.ts';
import type { CommandHost } from '../host.ts';
import { readSupply } from '../limit-check.ts';
import type { LoadSession, Opening } from '../load-session.ts';
import { writeReports } from '../report-format.ts';
import type { measure } from '../run/measure.ts';
import type { OpenTarget } from '../run/open-target.ts';
import type { Contestant } from './contestant.ts';
import type { Carrier, Chain, Outcomes } from './hold-suite.ts';
import { fileOf } from './kept.ts';
import type { Mode } from './mode.ts';
import type { PartFlags, PlannedRun } from './plan-parts.ts';

export interface CarrierParts {
  readonly host: CommandHost;
  readonly session: LoadSession;
  readonly directory: string;
  readonly mode: Mode;
  readonly flags: PartFlags;
  /** The rate at which the search begins follows from what was taken in before. */
  readonly outcomes: Outcomes;
  readonly measure: typeof measure;
  readonly say: (line: string) => void;
}

/** Carries parts out as ordinary runs and searches, against relays that are opened for them. */
export function carrierOf(parts: CarrierParts): Carrier {
  return {
    carryOut: async (chain, onOutcome) => {
      const [first] = chain.runs;
      if (first?.part.kind === 'search') onOutcome(first, await search(parts, chain.contestant, first));
      else await runChain(parts, chain, onOutcome);
    },
  };
}

/** The place of a relay; what a command of the user writes is kept with the records of its relay. */
export async function placeWithLog(
  { place, name, contender }: Contestant,
  directory: string,
): Promise<Place> {
  if (contender?.command == null) return place;
  const path = join(directory, name);
  await makeDirectory(path);
  return { ...place, open: (opening: Opening) => place.open({ ...opening, directory: path }) };
}

async function runChain(
  parts: CarrierParts,
  { contestant, runs }: Chain,
  onOutcome: (run: PlannedRun, outcome: Outcome) => void,
): Promise<void> {
  const { session, directory } = parts;
  const place = await placeWithLog(contestant, directory);
  await session.loadTarget(place.open, async (target, information) => {
    let isUsed = false;
    for (const run of runs) {
      if (session.interruption.received() !== null) return;
      // Nothing is to be restarted where the chain begins with it: what it asks for is not stored yet.
      const restarted = run.part.restarts && contestant.canRestart && isUsed;
      if (restarted) await restartAll(target, session.interruption.signal);
      const record = await runOne(parts, run, { target, information });
      isUsed = true;
      if (record.partial) return;
      const file = fileOf(run, contestant.name);
      await writeRunRecord(join(directory, file), record);
      onOutcome(run, outcomeOfRun(run.part, record, { file, restarted }));
    }
  });
}

async function restartAll({ faultTarget }: OpenTarget, signal: AbortSignal): Promise<void> {
  for (const part of faultTarget?.parts({ kind: 'relay', number: null }) ?? []) await restart(part, signal);
}

async function runOne(
  { host, session, measure: run }: CarrierParts,
  { plan }: PlannedRun,
  { target, information }: { readonly target: OpenTarget; readonly information: RelayInformationResult },
): Promise<RunRecord> {
  return run({
    plan: { ...plan, targets: target.relays.map(({ url }) => url) },
    target,
    information,
    calibration: await findCalibration(host.io.env),
    signal: AbortSignal.any([session.interruption.signal]),
    onProgress: () => undefined,
  });
}

/** Begins at this share of what the relay took in when it was never idle; without that, at the rate of the scenario. */
const FIRST_SHARE = 0.4;

async function search(parts: CarrierParts, contestant: Contestant, run: PlannedRun): Promise<Outcome> {
  const { host, session, directory, mode, outcomes, say } = parts;
  const { name } = contestant;
  const place = await placeWithLog(contestant, directory);
  const { budgetMs, durationMs, warmupMs, tolerance } = mode.search;
  const ingest = outcomes.get('ingest', name)?.readings.get('rate')?.value ?? null;
  const flags: CapacityFlags = {
    ...parts.flags,
    of: 'rate',
    tolerance,
    budget: budgetMs,
    arrivals: 'even',
    format: 'json',
    defaultGates: true,
    duration: durationMs,
    warmup: warmupMs,
    ...(ingest === null ? {} : { rate: Math.max(1, Number((ingest * FIRST_SHARE).toPrecision(2))) }),
  };
  const levels = await levelsOf(suiteScenarioPath(run.part.scenario), flags, { place, host });
  const first = await levels.planAt(levels.search.start);
  const file = fileOf(run, name);
  const folder = join(directory, name, run.part.id);
  const found = await searchIn({
    ...{ flags, host, place, levels, first, session, say },
    supply: readSupply(),
    keep: (record, below) => writeRunRecord(join(folder, below), record),
  });
  await writeReports(FORMATS.capacity, found, folder);
  return outcomeOfSearch(run.part, found, file);
}
