import { monotonicNs } from '../../base/clock.ts';
import { buildCapacity } from '../../capacity/build.ts';
import type { Capacity } from '../../capacity/schema.ts';
import type { Plan } from '../../plan/plan.ts';
import type { RunRecord } from '../../record/schema.ts';
import { findCalibration } from '../calibrate/find-calibration.ts';
import type { CommandHost } from '../host.ts';
import { checkLimits, type Supply } from '../limit-check.ts';
import { demandOf, type LoadSession } from '../load-session.ts';
import { measure } from '../run/measure.ts';
import { readTool } from '../version.ts';
import { type Found, findLimit, OVERHEAD_MS, secondsSince } from './find-limit.ts';
import type { CapacityFlags } from './flags.ts';
import { type Levels, lengthMs } from './levels.ts';
import { inPlace, type Place, type UsePlace } from './place.ts';
import { sayStep } from './say-step.ts';

export interface SearchRequest {
  readonly flags: CapacityFlags;
  readonly host: CommandHost;
  readonly place: Place;
  readonly levels: Levels;
  /** Plan of the first step. */
  readonly first: Plan;
  readonly session: LoadSession;
  readonly supply: Supply;
  readonly say: (line: string) => void;
  readonly keep: (record: RunRecord, file: string) => Promise<void>;
}

/** Searches the limit of one place. @throws RelayBenchError what the first step throws */
export async function searchIn(request: SearchRequest): Promise<Capacity> {
  const { place, session } = request;
  const startedAt = new Date().toISOString();
  const beganNs = monotonicNs();
  const urls = new Set<string>();
  const found = await inPlace(place, session, (usePlace) => search(request, usePlace, urls));
  return documentOf(request, found, { startedAt, duration_s: secondsSince(beganNs), urls: [...urls] });
}

async function search(request: SearchRequest, usePlace: UsePlace, urls: Set<string>): Promise<Found> {
  const { flags, host, place, levels, first, session, supply, say, keep } = request;
  const { interruption } = session;
  const carryOut = (plan: Plan): Promise<RunRecord> =>
    usePlace(async (target, information) => {
      const targets = target.relays.map(({ url }) => url);
      const record = await measure({
        plan: { ...plan, targets },
        target,
        information,
        calibration: await findCalibration(host.io.env),
        signal: AbortSignal.any([interruption.signal]),
        onProgress: () => undefined,
      });
      for (const url of record.target.urls) urls.add(url);
      return record;
    });
  const counted = { of: flags.of, unit: levels.unit };
  const stepMs = lengthMs(first) + OVERHEAD_MS;
  return findLimit({
    levels,
    of: flags.of,
    budgetMs: flags.budget,
    isKept: place.isKept,
    measure: carryOut,
    keep,
    requireRoom: (plan) => checkLimits(demandOf(plan, place.starts), supply),
    isInterrupted: () => interruption.received() !== null,
    say: sayStep({ counted, search: levels.search, stepMs, say }),
  });
}

function documentOf(
  { flags, place, levels }: SearchRequest,
  { steps, ended, lost }: Found,
  { startedAt, duration_s, urls }: Pick<Capacity, 'startedAt' | 'duration_s'> & { readonly urls: string[] },
): Capacity {
  const { name, sha256 } = levels.base.scenario;
  return buildCapacity({
    tool: readTool().version,
    scenario: { name, sha256 },
    // A relay that is started for each step has another address each time.
    target: {
      ...{ kind: place.kind, name: place.name, urls: place.starts === null ? urls : [] },
      ...(place.relays === null ? {} : { relays: place.relays }),
    },
    startedAt,
    duration_s,
    of: flags.of,
    unit: levels.unit,
    arrivals: flags.arrivals,
    tolerance: flags.tolerance,
    budget_s: flags.budget / 1_000,
    ended,
    steps,
    scaling: null,
    caveats: lost === null ? [] : [`the target was lost: ${lost.message}`],
  });
}
