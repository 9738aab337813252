import { own } from '../base/own.ts';
import { HEADLINES } from '../metric/catalogue.ts';
import type { GateResult, RunRecord } from '../record/schema.ts';
import { ratesOf } from './counted.ts';
import type { CapacityStep } from './schema.ts';

/** What a step is, before it is known what came of it. */
export interface PlannedStep {
  readonly number: number;
  readonly why: CapacityStep['why'];
  readonly rate_per_s: number;
  readonly connections: number;
}

/** What the record of a run says as a step of a search. @param unit as in `capacity.json` */
export function readStep(
  planned: PlannedStep,
  record: RunRecord,
  { unit, file }: { readonly unit: string; readonly file: string },
): CapacityStep {
  const verdict = verdictOf(record);
  const failed = verdict === 'broken' ? failedGates(record.gates) : [];
  return {
    ...planned,
    verdict,
    reason: reasonOf(record, verdict, failed),
    failed,
    runId: record.runId,
    file,
    measured_s: record.load.measured_s,
    ...ratesOf(record, unit),
    latencies: latenciesOf(record),
    coolDown: null,
  };
}

/** A step that could not even be started, because of this machine or of the scenario: never the relay's doing. */
export function impossibleStep(planned: PlannedStep, reason: string): CapacityStep {
  return {
    ...planned,
    verdict: 'invalid',
    reason,
    failed: [],
    runId: null,
    file: null,
    measured_s: null,
    offered_per_s: null,
    achieved_per_s: null,
    latencies: {},
    coolDown: null,
  };
}

/** Signals end a run with these; see `base/exit-codes`. */
const INTERRUPTED: readonly number[] = [130, 143];

/**
 * What a run says of the relay at this level. A run that fails for nothing but gates without data was too short for them,
 * which is the generator's doing.
 */
function verdictOf({ verdict, exitCode, gates, failures }: RunRecord): CapacityStep['verdict'] {
  if (INTERRUPTED.includes(exitCode)) return 'stopped';
  if (verdict === 'pass') return 'held';
  if (verdict === 'invalid') return 'invalid';
  const lacksOnlyData = failures.length === 0 && !gates.some((gate) => gate.verdict === 'fail');
  return lacksOnlyData && gates.some((gate) => gate.verdict === 'no-data') ? 'invalid' : 'broken';
}

/** The gates that broke, the one first that lies farthest beyond its limit, as a share of it. */
function failedGates(gates: readonly GateResult[]): GateResult[] {
  return gates
    .filter(({ verdict }) => verdict === 'fail')
    .toSorted((a, b) => excess(b) - excess(a))
    .map((gate) => structuredClone(gate));
}

/** Latencies tell how far; a ratio that falls short or a count that should be zero says only that it is so. */
function excess({ limit, actual, unit }: GateResult): number {
  const isLatency = unit === 'us' || unit === 'ms' || unit === 's';
  return isLatency && actual !== null && limit > 0 ? actual / limit : 1;
}

function reasonOf(
  { failures, validity, gates }: RunRecord,
  verdict: CapacityStep['verdict'],
  failed: readonly GateResult[],
): string {
  if (verdict === 'held') return '';
  if (verdict === 'stopped') return 'interrupted';
  if (verdict === 'broken') return failures[0]?.text ?? failed[0]?.expression ?? 'a gate ended it';
  const lacking = gates.find((gate) => gate.verdict === 'no-data');
  return validity.reasons[0] ?? `${lacking?.expression ?? 'a gate'} has too few samples`;
}

function latenciesOf({ metrics }: RunRecord): CapacityStep['latencies'] {
  const entries = HEADLINES.flatMap((name) => {
    const summary = own(metrics, name);
    if (summary === undefined || summary.count === 0) return [];
    const { mean_us, p50_us, p95_us, p99_us } = summary;
    return [[name, { mean_us, p50_us, p95_us, p99_us }] as const];
  });
  return Object.fromEntries(entries);
}
