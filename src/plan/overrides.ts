import { RelayBenchError } from '../base/errors.ts';
import type { VerifierChoice } from '../base/verifier-choice.ts';
import { DEFAULT_RECONNECT } from '../scenario/parts.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { CommonForm, Pace, Traced } from '../scenario/workload-form.ts';
import { WORKLOAD_FORMS, WORKLOAD_NAMES, type WorkloadName } from '../workload/registry/forms.ts';

/** What the command line sets over a scenario; undefined leaves the scenario's value. */
export interface PlanOverrides {
  /** Connections in all; the connections of each role change by the same factor. */
  readonly connections?: number | undefined;
  /** Of publish; without it of query; without that of connect. The load factor does not change it. */
  readonly rate_per_s?: number | undefined;
  /** Multiplies the rate of every stream; above zero. */
  readonly loadFactor?: number | undefined;
  /** Arrivals of every stream a constant time apart, whatever the scenario says. */
  readonly evenArrivals?: boolean | undefined;
  /** Of all measured phases together; several change by the same factor. */
  readonly durationMs?: number | undefined;
  readonly warmupMs?: number | undefined;
  readonly workers?: number | undefined;
  readonly seed?: number | undefined;
  /** A corpus to publish in the place of the scenario's: its directory. */
  readonly corpus?: string | undefined;
  /** A trace to offer again in the place of the scenario's: its path. */
  readonly trace?: string | undefined;
  /** Besides those of the scenario. */
  readonly gates?: readonly string[] | undefined;
  readonly noDefaultGates?: boolean | undefined;
  /** End the run where a gate can no longer hold, also where the scenario does not say so. */
  readonly abortOnFail?: boolean | undefined;
  /** Accept any TLS certificate of the target. */
  readonly insecure?: boolean | undefined;
  /** By which address the relay wants to be authenticated to (NIP-42), where a proxy stands before it. */
  readonly authUrl?: string | undefined;
  /** Clients whose connection is lost come back, also where the scenario does not say so. */
  readonly reconnect?: boolean | undefined;
  /** permessage-deflate is offered, also where the scenario does not say so. */
  readonly compression?: boolean | undefined;
  /** What checks the signatures of received events; undefined: `auto`. */
  readonly verifier?: VerifierChoice | undefined;
}

type Workloads = Scenario['workloads'];

/**
 * The scenario as it runs, flags included.
 * @throws RelayBenchError `PLAN_IMPOSSIBLE` for a rate or a load factor in the closed model
 */
export function applyOverrides(scenario: Scenario, overrides: PlanOverrides): Scenario {
  const { connections, rate_per_s, loadFactor, durationMs, warmupMs, seed } = overrides;
  let workloads = withTrace(scenario.workloads, overrides.trace);
  if (connections !== undefined) workloads = scaleRoles(workloads, connections / scenario.connections.count);
  if (loadFactor !== undefined) workloads = scaleRates(scenario, workloads, loadFactor);
  if (rate_per_s !== undefined) workloads = setRate(scenario, workloads, rate_per_s);
  if (overrides.evenArrivals === true) workloads = mapForms(workloads, evenly);
  return {
    ...scenario,
    seed: seed ?? scenario.seed,
    corpus:
      overrides.corpus === undefined ? scenario.corpus : replaceCorpus(scenario.corpus, overrides.corpus),
    connections: {
      ...scenario.connections,
      count: connections ?? scenario.connections.count,
      ...(overrides.reconnect === true && scenario.connections.reconnect == null
        ? { reconnect: DEFAULT_RECONNECT }
        : {}),
      ...(overrides.compression === true ? { compression: true } : {}),
    },
    workloads,
    warmup: warmupMs ?? scenario.warmup,
    phases: durationMs === undefined ? scenario.phases : scalePhases(scenario.phases, durationMs),
    ...faultsWithin(scenario, durationMs),
  };
}

/** @throws RelayBenchError `PLAN_IMPOSSIBLE` where nothing is replayed */
function withTrace(workloads: Workloads, trace: string | undefined): Workloads {
  if (trace === undefined) return workloads;
  if (WORKLOAD_NAMES.some((name) => workloads[name] !== undefined && tracedBy(name) !== null))
    return mapForms(workloads, (form, _pace, traced) => traced?.(form, trace) ?? form);
  throw new RelayBenchError('--trace needs a scenario that replays one', {
    code: 'PLAN_IMPOSSIBLE',
    hint: 'write `relay-bench run replay --trace FILE`',
  });
}

/** What was to be stored before the load is so still, of the other corpus. */
function replaceCorpus(corpus: Scenario['corpus'], file: string): Scenario['corpus'] {
  const { topics, events, profile, file: before, stored } = corpus;
  const signed = profile === undefined && before === undefined ? events : undefined;
  const kept = stored ?? signed;
  return {
    file,
    topics,
    events: 0,
    fresh: false,
    endless: false,
    ...(kept === undefined ? {} : { stored: kept }),
  };
}

/** The workloads with each one changed, as its form allows. */
function mapForms(
  workloads: Workloads,
  change: <F extends CommonForm>(form: F, pace: Pace<F> | null, traced: Traced<F> | null) => F,
): Workloads {
  const changed = WORKLOAD_NAMES.flatMap((name) => {
    const form: CommonForm | undefined = workloads[name];
    return form === undefined ? [] : [[name, change(form, paceOf(name), tracedBy(name))]];
  });
  return Object.fromEntries(changed) as Workloads;
}

/** What is evenly spaced already stays, also where it is shifted against another workload. */
function evenly<F extends CommonForm>(form: F): F {
  return 'arrivals' in form && !isShifted(form.arrivals) ? { ...form, arrivals: 'constant' } : form;
}

function isShifted(arrivals: unknown): boolean {
  return (
    typeof arrivals === 'object' &&
    arrivals !== null &&
    'pattern' in arrivals &&
    arrivals.pattern === 'shifted'
  );
}

function paceOf(name: WorkloadName): Pace<CommonForm> | null {
  return WORKLOAD_FORMS[name].pace as Pace<CommonForm> | null;
}

function tracedBy(name: WorkloadName): Traced<CommonForm> | null {
  const form: { readonly traced?: unknown } = WORKLOAD_FORMS[name];
  return (form.traced ?? null) as Traced<CommonForm> | null;
}

function scaleRoles(workloads: Workloads, factor: number): Workloads {
  return mapForms(workloads, (form) =>
    form.connections === undefined
      ? form
      : { ...form, connections: Math.max(1, Math.round(form.connections * factor)) },
  );
}

/** Every stream by the same factor, so that their mix stays; a recorded pace becomes so much faster. */
function scaleRates(scenario: Scenario, workloads: Workloads, factor: number): Workloads {
  requireOpen(scenario, 'a load factor');
  return mapForms(workloads, (form, pace) => pace?.faster(form, factor) ?? form);
}

function requireOpen({ load }: Scenario, what: string): void {
  if (load.model === 'open') return;
  throw new RelayBenchError(`${what} has no meaning in the closed load model: replies set the pace`, {
    code: 'PLAN_IMPOSSIBLE',
    hint: `leave out ${what.replace(/^a /, 'the ')}, or choose a scenario with the open model`,
  });
}

/** Of the first workload that has one. */
function setRate(scenario: Scenario, workloads: Workloads, rate_per_s: number): Workloads {
  requireOpen(scenario, 'a rate');
  const first = WORKLOAD_NAMES.find((name) => workloads[name] !== undefined && paceOf(name) !== null);
  if (first === undefined) return workloads;
  const form: CommonForm = workloads[first] ?? {};
  return { ...workloads, [first]: paceOf(first)?.at(form, rate_per_s) };
}

function measuredMs(phases: Scenario['phases']): number {
  return phases.reduce((sum, { duration }) => sum + duration, 0);
}

/** Faults keep their place in the run, and last as long as they did, but not beyond its end. */
function faultsWithin(
  { faults, phases }: Scenario,
  durationMs: number | undefined,
): Pick<Scenario, 'faults'> {
  if (faults === undefined || durationMs === undefined) return {};
  const factor = durationMs / measuredMs(phases);
  const moved = faults.map(({ for: forMs, ...fault }) => {
    const at = fault.at * factor;
    return { ...fault, at, ...(forMs === undefined ? {} : { for: Math.min(forMs, durationMs - at) }) };
  });
  return { faults: moved };
}

function scalePhases(phases: Scenario['phases'], durationMs: number): Scenario['phases'] {
  const factor = durationMs / measuredMs(phases);
  return phases.map((phase) => ({ ...phase, duration: phase.duration * factor }));
}
