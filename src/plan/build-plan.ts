import { RelayBenchError } from '../base/errors.ts';
import { formatGate } from '../gate/expression.ts';
import { measurableOf } from '../gate/measurable.ts';
import { parseGates } from '../gate/parse.ts';
import { resolveGates } from '../gate/resolve.ts';
import { NOTHING_ADVERTISED } from '../judge/advertised.ts';
import { inconsistencies } from '../scenario/consistency.ts';
import { isNamed } from '../scenario/is-named.ts';
import { DEFAULT_ABORT, type Scenario } from '../scenario/schema.ts';
import type { WorkloadPlans } from '../workload/registry/plans.ts';
import { ALL_PLANNERS, plannedWorkloads } from './each-workload.ts';
import { scenarioSha256 } from './fingerprint.ts';
import { applyOverrides, type PlanOverrides } from './overrides.ts';
import type { NamedCorpus, TracedLoad } from './parts.ts';
import type { Plan } from './plan.ts';
import { phasesWithin, planCorpus } from './plan-corpus.ts';
import { plannedByPhase, plannedSamples } from './planned-samples.ts';
import { planPhases, planStreams } from './schedule.ts';
import { chooseWorkers } from './workers.ts';
import type { PlanView, Setting } from './workload-planner.ts';

export interface PlanRequest {
  /** From `loadScenario` or `scenarioSchema.parse`. */
  readonly scenario: Scenario;
  /** WebSocket URLs, at least one. */
  readonly targets: readonly string[];
  /** Relay processes behind the targets, as far as known; default 1. */
  readonly relayProcesses?: number;
  /** Names of the regions of the targets, one for each; left out where they are in none. */
  readonly regions?: readonly string[];
  /** Cores of this machine: decide the default number of workers. */
  readonly cores: number;
  readonly overrides?: PlanOverrides;
  /** The corpus that the scenario, flags included, names; null or left out where it names none. */
  readonly corpus?: NamedCorpus | null;
  /** The trace that the scenario, flags included, names; null or left out where it names none. */
  readonly trace?: TracedLoad | null;
}

/**
 * Resolves every number of a run.
 * @throws RelayBenchError `PLAN_IMPOSSIBLE` where flags and scenario can't be reconciled, `GATE_INVALID` where
 *   a gate is malformed or names what the run can't produce
 */
export function buildPlan({
  scenario,
  targets,
  relayProcesses = 1,
  regions = [],
  cores,
  overrides = {},
  corpus: named,
  trace = null,
}: PlanRequest): Plan {
  const resolved = applyOverrides(scenario, overrides);
  assertConsistent(resolved);
  assertTransport(resolved, targets);
  const workers = chooseWorkers(resolved, overrides.workers, cores);
  const { seed, load, connections } = resolved;
  if (isNamed(resolved.corpus) && !named) throw new Error('the corpus of the scenario was not looked up');
  const { corpus, replay, bounds } = planCorpus(resolved, named ?? null);
  const { phases, exhaustedNs } = phasesWithin(resolved, planPhases(resolved), bounds);
  const run = measurableOf(resolved, { relayProcesses, regions });
  const workloads = planWorkloads(resolved, { workers, replay, trace });
  const streams = planStreams(resolved, phases, bounds);
  const plan: Omit<Plan, 'gates' | 'ownGates' | 'keepSeconds' | 'opened'> = {
    scenario: { name: resolved.name, sha256: scenarioSha256(resolved), resolved },
    seed,
    targets,
    advertised: NOTHING_ADVERTISED,
    workers,
    relayProcesses,
    load,
    connections: {
      count: connections.count,
      rate_per_s: connections.rate,
      timeoutMs: connections.timeout,
      insecure: overrides.insecure === true,
      transport: connections.transport,
      pick: connections.pick,
      auth: connections.auth ?? 'on-demand',
      authUrl: overrides.authUrl ?? null,
      reconnect: planReconnect(connections.reconnect),
      compression: connections.compression === true,
    },
    scheduler: resolved.scheduler,
    catchUp: true,
    verifyShare: resolved.verify,
    verifier: overrides.verifier ?? 'auto',
    corpus,
    exhaustedNs,
    phases,
    drainMs: resolved.drain,
    streams,
    faults: planFaults(resolved),
    rounds: roundsOf(workloads),
    workloads,
    sources: [...run.sources],
    latencies: run.latencies,
    labels: run.labels,
    abort: planAbort(resolved, overrides),
    asked: { rate_per_s: overrides.rate_per_s ?? null, loadFactor: overrides.loadFactor ?? null },
  };
  return { ...plan, opened: openedBy(plan), ...judgedBy(plan, run, overrides) };
}

/** In the order of time; a scenario counts from the first measured phase, a run from the start of its load. */
function planFaults({ faults = [], warmup }: Scenario): Plan['faults'] {
  return faults
    .map(({ at, ...order }) => ({ ...order, atMs: warmup + at }))
    .toSorted((a, b) => a.atMs - b.atMs);
}

/** The gates in force, those of them that are the user's own, and what they need of the run. */
function judgedBy(
  plan: Omit<Plan, 'gates' | 'ownGates' | 'keepSeconds' | 'opened'>,
  run: ReturnType<typeof measurableOf>,
  overrides: PlanOverrides,
): Pick<Plan, 'gates' | 'ownGates' | 'keepSeconds'> {
  const expressions = [...plan.scenario.resolved.gates, ...(overrides.gates ?? [])];
  const gates = resolveGates({
    run,
    planned: plannedSamples(plan),
    plannedByPhase: plannedByPhase(plan),
    expressions,
    withDefaults: overrides.noDefaultGates !== true,
    isBroken: plan.faults.length > 0,
  });
  const ownGates = parseGates(expressions).map(formatGate);
  // What a fault did to a percentile is read from the seconds after it.
  const keepSeconds = plan.faults.length > 0 || parseGates(gates).some(({ over_s }) => over_s !== undefined);
  return { gates, ownGates, keepSeconds };
}

function planReconnect(asked: Scenario['connections']['reconnect']): Plan['connections']['reconnect'] {
  if (asked == null) return null;
  return { firstMs: asked.first, longestMs: asked.longest, hasJitter: asked.jitter };
}

/** The flag ends runs by the standard; it is no part of the load, so the scenario stays what it was. */
function planAbort({ abortOnFail }: Scenario, overrides: PlanOverrides): Plan['abort'] {
  const found = abortOnFail ?? (overrides.abortOnFail === true ? DEFAULT_ABORT : null);
  return found === null ? null : { delayMs: found.delay, minSamples: found.minSamples };
}

/** Flags can break what the loader found consistent. */
function assertConsistent(scenario: Scenario): void {
  const [first] = inconsistencies(scenario);
  if (first === undefined) return;
  throw new RelayBenchError(`${first.path.join('.')} ${first.message}`, {
    code: 'PLAN_IMPOSSIBLE',
    hint: 'change the flag or the scenario; `relay-bench plan` prints every resolved number',
  });
}

function assertTransport({ connections }: Scenario, targets: readonly string[]): void {
  if (connections.transport !== 'raw' || !targets.some((target) => target.startsWith('wss:'))) return;
  throw new RelayBenchError('connections.transport raw serves ws:// targets only', {
    code: 'PLAN_IMPOSSIBLE',
    hint: 'leave it at auto for wss:// relays',
  });
}

function planWorkloads(scenario: Scenario, setting: Setting): WorkloadPlans {
  const parts = ALL_PLANNERS.flatMap(([name, planner]) => {
    const part = planner.plan(scenario, setting);
    return part === null ? [] : [[name, part]];
  });
  return Object.fromEntries(parts) as WorkloadPlans;
}

function roundsOf(workloads: WorkloadPlans): Plan['rounds'] {
  return plannedWorkloads(workloads).flatMap(({ planner, part }) => planner.rounds(part) ?? []);
}

/** The connections that workloads open themselves, one workload's numbers behind the other's. */
function openedBy(plan: PlanView & Pick<Plan, 'workloads'>): Plan['opened'] {
  let first = plan.connections.count;
  return plannedWorkloads(plan.workloads).flatMap(({ name, planner, part }) => {
    const { numbers, ...rest } = planner.opens(part, plan);
    if (numbers === 0) return [];
    const opened = { workload: name, first, ...rest };
    first += numbers;
    return [opened];
  });
}
