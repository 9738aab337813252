import { own } from '../base/own.ts';
import { canBeSuperseded } from '../judge/superseding.ts';
import { baseLatency, LATENCY_NAMES, type LatencyMetric } from '../metric/catalogue.ts';
import type { LabelValues, Measured, MeasuredRun } from '../metric/definition.ts';
import { latencyDefinition } from '../metric/latencies.ts';
import { REGION } from '../metric/series.ts';
import { METRIC_SETS } from '../metric/sets.ts';
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
  /** Values of the labels of latencies, besides phases: names of the filters that are asked for, of sorts of events, of regions. */
  readonly labels: LabelValues;
}

/** The parts of a scenario, as written in a plan or a run record, that decide what it measures. */
export interface MeasuredScenario {
  readonly load: { readonly model: 'open' | 'closed' };
  /** Whether lost connections are opened again, and whether permessage-deflate is offered. */
  readonly connections?:
    | { readonly reconnect?: unknown; readonly compression?: boolean | undefined }
    | undefined;
  readonly corpus?: { readonly profile?: string | undefined; readonly file?: string | undefined } | undefined;
  /** By their names. */
  readonly workloads: Readonly<Record<string, unknown>>;
  readonly faults?: readonly unknown[] | undefined;
  /** `duration` in milliseconds. */
  readonly phases: readonly { readonly name: string; readonly duration: number }[];
}

/** What is known of the target of a run. */
export interface MeasuredTarget {
  /** Relay processes behind it, as far as known; default 1. */
  readonly relayProcesses?: number | undefined;
  /** Names of the regions of its addresses, one for each; left out where they are in none. */
  readonly regions?: readonly string[] | undefined;
}

/**
 * What a run of `scenario` measures. Connections are opened by every run. Send lag and achieved rate are about
 * messages that are sent on a schedule: the closed model has none, and opening connections is no message.
 * @throws z.ZodError where a workload is none
 */
export function measurableOf(
  scenario: MeasuredScenario,
  { relayProcesses = 1, regions = [] }: MeasuredTarget = {},
): Measurable {
  const { load, workloads, phases, faults = [] } = scenario;
  const run = { isNamed: isNamed(scenario), relayProcesses, canBeSuperseded };
  const measured = METRIC_SETS.map((set) => ({ ...measuredBy(set, workloads, run), accounts: set.accounts }));
  const sources = new Set<string>(['connections', ...measured.flatMap((each) => each.sources)]);
  sources.add(scenario.connections?.reconnect == null ? 'held' : 'reconnect');
  if (scenario.connections?.compression === true) sources.add('compression');
  if (measured.some((each) => each.sources.length > 0 && each.accounts.length > 0)) {
    sources.add('replies');
    if (load.model === 'open') sources.add('generator');
  }
  if (faults.length > 0) sources.add('faults');
  return {
    sources: sources as ReadonlySet<Source>,
    latencies: LATENCY_NAMES.filter((name) => sources.has(latencyDefinition(baseLatency(name)).source)),
    phases: phases.map(({ name }) => name),
    phaseSeconds: phases.map(({ duration }) => duration / 1_000),
    labels: {
      ...allLabels(measured.map(({ labels = {} }) => labels)),
      ...(regions.length === 0 ? {} : { [REGION]: regions }),
    },
  };
}

function allLabels(each: readonly LabelValues[]): LabelValues {
  const names = new Set(each.flatMap((labels) => Object.keys(labels)));
  const valuesOf = (name: string): readonly string[] => each.flatMap((labels) => own(labels, name) ?? []);
  return Object.fromEntries([...names].map((name) => [name, valuesOf(name)]));
}

function isNamed({ corpus }: MeasuredScenario): boolean {
  return corpus?.profile !== undefined || corpus?.file !== undefined;
}

const NOTHING: Measured = { sources: [] };

function measuredBy(
  set: (typeof METRIC_SETS)[number],
  workloads: MeasuredScenario['workloads'],
  run: MeasuredRun,
): Measured {
  if (!('workload' in set)) return NOTHING;
  const form = own(workloads, set.workload.name);
  return form === undefined ? NOTHING : set.workload.measured(form, run);
}
