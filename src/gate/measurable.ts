import { canBeSuperseded } from '../judge/superseding.ts';
import { baseLatency, LATENCY_NAMES, type LatencyMetric } from '../metric/catalogue.ts';
import { LATENCIES } from '../metric/latencies.ts';
import type { Source } from '../metric/source.ts';

/** What a run can give numbers for; gates on anything else are configuration errors. */
export interface Measurable {
  /** Parts of the scenario that take part in the run. */
  readonly sources: ReadonlySet<Source>;
  readonly latencies: readonly LatencyMetric[];
  /** Names of the measured phases. */
  readonly phases: readonly string[];
  /** How long each of them lasts, in the same order. */
  readonly phaseSeconds: readonly number[];
  /** Names of the filter shapes of the query workload. */
  readonly filters: readonly string[];
  /** Whether what it publishes is new to every relay and replaces nothing: signed for the run, of a regular kind. */
  readonly publishesNewOnly: boolean;
}

/** The parts of a scenario, as written in a plan or a run record, that decide what it measures. */
export interface MeasuredScenario {
  readonly load: { readonly model: 'open' | 'closed' };
  readonly corpus?: { readonly profile?: string | undefined; readonly file?: string | undefined } | undefined;
  readonly workloads: {
    readonly publish?: { readonly kind?: number | undefined } | undefined;
    readonly subscribe?: unknown;
    readonly query?:
      | { readonly filters: readonly { readonly name: string }[]; readonly check?: number | undefined }
      | undefined;
  };
  /** `duration` in milliseconds. */
  readonly phases: readonly { readonly name: string; readonly duration: number }[];
}

/**
 * What a run of `scenario` measures. Connections are opened by every run. Send lag and achieved rate are about
 * messages that are sent on a schedule: the closed model has none, and opening connections is no message.
 * @param relayProcesses behind the target, as far as known
 */
export function measurableOf(scenario: MeasuredScenario, relayProcesses = 1): Measurable {
  const { workloads, phases } = scenario;
  const sources = sourcesOf(scenario, relayProcesses);
  return {
    sources,
    latencies: LATENCY_NAMES.filter((name) => sources.has(LATENCIES[baseLatency(name)].source)),
    phases: phases.map(({ name }) => name),
    phaseSeconds: phases.map(({ duration }) => duration / 1_000),
    filters: workloads.query?.filters.map(({ name }) => name) ?? [],
    publishesNewOnly: publishesNewOnly(scenario),
  };
}

function isNamed({ corpus }: MeasuredScenario): boolean {
  return corpus?.profile !== undefined || corpus?.file !== undefined;
}

function publishesNewOnly(scenario: MeasuredScenario): boolean {
  const kind = scenario.workloads.publish?.kind;
  return kind !== undefined && !isNamed(scenario) && !canBeSuperseded(kind);
}

function sourcesOf(scenario: MeasuredScenario, relayProcesses: number): Set<Source> {
  const { load, workloads } = scenario;
  const sources = new Set<Source>(['connections']);
  if (workloads.publish !== undefined || workloads.query !== undefined) {
    sources.add('replies');
    if (load.model === 'open') sources.add('generator');
  }
  if (isNamed(scenario) && (workloads.query?.check ?? 0) > 0) sources.add('answers');
  for (const workload of ['publish', 'subscribe', 'query'] as const) {
    if (workloads[workload] !== undefined) sources.add(workload);
  }
  if (relayProcesses > 1 && sources.has('subscribe')) sources.add('crossing');
  return sources;
}
