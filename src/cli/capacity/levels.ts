import { NS_PER_MS } from '../../base/clock.ts';
import { RelayBenchError } from '../../base/errors.ts';
import { unitOf } from '../../capacity/counted.ts';
import type { SearchOptions } from '../../capacity/search.ts';
import { samplesNeeded } from '../../metric/summary.ts';
import type { Plan } from '../../plan/plan.ts';
import { plannedSamples } from '../../plan/planned-samples.ts';
import type { CommandHost } from '../host.ts';
import { corporaOf } from '../run/corpora.ts';
import type { ShapeFlags } from '../run/flags.ts';
import { preparePlan } from '../run/prepare-plan.ts';
import type { CapacityFlags } from './flags.ts';
import type { Place } from './place.ts';

/** The plans of a search, by level. */
export interface Levels {
  readonly search: SearchOptions;
  /** What arrives, as in `capacity.json`. */
  readonly unit: string;
  /** Of the scenario as it is. */
  readonly base: Plan;
  /** Arrivals per second of the stream that is counted, and connections, at a level. */
  numbersAt(level: number): { readonly rate_per_s: number; readonly connections: number };
  /** @throws RelayBenchError `PLAN_IMPOSSIBLE` where the scenario can't be brought to that level */
  planAt(level: number, times?: StepTimes): Promise<Plan>;
}

export interface StepTimes {
  readonly durationMs: number;
  readonly warmupMs: number;
}

/** A step is as short as its percentiles allow: a search has a dozen of them. */
const STEP: StepTimes = { durationMs: 10_000, warmupMs: 3_000 };
/** A search begins well below, so that the curve has points where the relay is at ease. */
const FIRST_SHARE = 0.25;
/** Below this share of the first level nothing is tried. */
const LEAST_SHARE = 1 / 128;
/** Beyond this no generator of today goes. */
const MOST = { rate: 2_000_000, connections: 1_000_000 } as const;
/** More than so many times the length is waiting, not measuring. */
const MOST_STRETCH = 6;
/** More samples than a percentile needs at least, because not all arrivals become samples. */
const SAMPLE_MARGIN = 1.25;

/**
 * How the scenario is raised: by the rate of its first stream, the others keeping their share, or by its connections.
 * @throws RelayBenchError `PLAN_IMPOSSIBLE` where it has no rate, or several levels of its own; what `preparePlan` throws
 */
export async function levelsOf(
  scenario: string,
  flags: CapacityFlags,
  { place, host }: { readonly place: Place; readonly host: CommandHost },
): Promise<Levels> {
  const corpora = corporaOf(host, flags.cache);
  const { relay: _asTyped, relays: _ofAll, rate, loadFactor, ...others } = flags;
  const fixed = {
    ...others,
    ...(place.kind === 'url' ? { relay: place.urls } : {}),
    ...(place.relays === null ? {} : { relays: place.relays }),
    ...{ evenArrivals: flags.arrivals === 'even', abortOnFail: true },
    // Steps are not read back: a gate of the audit would have no data.
    audit: false,
  };
  const prepare = (more: Partial<ShapeFlags>): Promise<Plan> =>
    preparePlan(scenario, { ...fixed, ...more }, corpora, host.io.env);
  const pace = {
    ...(rate === undefined ? {} : { rate }),
    ...(loadFactor === undefined ? {} : { loadFactor }),
  };
  const isRate = flags.of === 'rate';
  const times: StepTimes = {
    durationMs: flags.duration ?? STEP.durationMs,
    warmupMs: flags.warmup ?? STEP.warmupMs,
  };
  const natural = await prepare(isRate ? {} : pace);
  const { rate_per_s, name } = countedStream(natural);
  requireOneLevel(natural);
  const overridesAt = (level: number): Partial<ShapeFlags> =>
    isRate ? { loadFactor: level / rate_per_s } : { ...pace, connections: level };
  return {
    search: searchOptions(flags, { rate_per_s, connections: natural.connections.count }),
    unit: unitOf(name),
    base: natural,
    numbersAt: (level) =>
      isRate
        ? { rate_per_s: level, connections: natural.connections.count }
        : { rate_per_s, connections: level },
    planAt: async (level, given) => {
      const at = (factor: number): Promise<Plan> => {
        const { durationMs, warmupMs } = given ?? times;
        return prepare({ ...overridesAt(level), duration: durationMs * factor, warmup: warmupMs });
      };
      const plan = await at(1);
      const factor = given === undefined ? stretchOf(plan) : 1;
      return factor === 1 ? plan : at(factor);
    },
  };
}

/** The stream whose rate is the rate of the scenario. */
function countedStream({ streams, load }: Plan): { readonly rate_per_s: number; readonly name: string } {
  const [first] = streams.filter(({ rate_per_s }) => rate_per_s > 0);
  if (first !== undefined && load.model === 'open') return first;
  throw impossible(
    'the scenario has no rate that could be raised',
    'choose one with the open model and a rate, such as publish or query',
  );
}

function requireOneLevel({ phases }: Plan): void {
  const levels = new Set(phases.flatMap(({ levelStart, levelEnd }) => [levelStart, levelEnd]));
  if (levels.size <= 1) return;
  throw impossible(
    'the scenario has load levels of its own',
    'capacity finds the level by itself: choose a scenario with one constant load, such as standard',
  );
}

function impossible(message: string, hint: string): RelayBenchError {
  return new RelayBenchError(message, { code: 'PLAN_IMPOSSIBLE', hint });
}

function searchOptions(
  { of, rate, loadFactor, tolerance, connections: asked }: CapacityFlags,
  natural: { readonly rate_per_s: number; readonly connections: number },
): SearchOptions {
  if (of === 'connections') {
    const start = asked ?? natural.connections;
    return { start, tolerance, least: 1, most: MOST.connections, whole: true };
  }
  const start = rate ?? natural.rate_per_s * (loadFactor ?? FIRST_SHARE);
  return { start, tolerance, least: start * LEAST_SHARE, most: MOST.rate, whole: false };
}

/** How many times longer a step must be, so that every p95 that a default gate bounds has its samples. */
function stretchOf(plan: Plan): number {
  const samples = [...plannedSamples(plan).values()].filter((count) => count > 0);
  const needed = samplesNeeded('p95') * SAMPLE_MARGIN;
  return Math.min(MOST_STRETCH, Math.max(1, needed / Math.min(needed, ...samples)));
}

/** How long a run of a plan takes at least, in ms. */
export function lengthMs({ phases }: Plan): number {
  return (phases.at(-1)?.endNs ?? 0) / NS_PER_MS;
}
