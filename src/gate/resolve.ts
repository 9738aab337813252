import type { BaseLatency } from '../metric/latencies.ts';
import { QUANTILES, type QuantileName, samplesNeeded } from '../metric/summary.ts';
import { checkGates } from './check.ts';
import { defaultGates, type PlannedByPhase, phaseGates } from './defaults.ts';
import { formatGate, type Gate } from './expression.ts';
import type { Measurable } from './measurable.ts';
import { gateError, parseGates } from './parse.ts';

export interface GateRequest {
  readonly run: Measurable;
  /** See `defaultGates`. */
  readonly planned: ReadonlyMap<BaseLatency, number>;
  /** See `phaseGates`; empty where there is one measured phase only. */
  readonly plannedByPhase?: PlannedByPhase;
  /** Gates of the scenario and of the command line. */
  readonly expressions: readonly string[];
  readonly withDefaults: boolean;
  /** Whether the target is broken on purpose: a percentile of the whole run then says how long, which is for faults to say. */
  readonly isBroken?: boolean;
}

/**
 * The gates in force, canonical and without repetition: the default gates that no own gate replaces, then the
 * own gates.
 * @throws RelayBenchError `GATE_INVALID` where one is malformed or the run can't produce its metric
 */
export function resolveGates({
  run,
  planned,
  plannedByPhase,
  expressions,
  withDefaults,
  isBroken = false,
}: GateRequest): readonly string[] {
  const own = parseGates(expressions);
  checkGates(own, run);
  checkWindows(own, run, planned);
  const latencies = isBroken ? new Map() : planned;
  const defaults = withDefaults ? defaultGates(run, latencies) : [];
  const kept = defaults.filter((gate) => !own.some((other) => replaces(other, gate)));
  const ofPhases = withDefaults && !isBroken ? phaseGates(plannedByPhase ?? new Map()) : [];
  const keptOfPhases = ofPhases.flatMap((gate) => inPhase(gate, own));
  return [...new Set([...kept, ...keptOfPhases, ...own].map(formatGate))];
}

/**
 * What stays of the default gate of a phase beside own gates: nothing where one is about the same figure of that phase; where
 * one has replaced the default gate of the whole run, its limit holds in the phase as well.
 */
function inPhase(standard: Gate, own: readonly Gate[]): readonly Gate[] {
  const { phase } = standard.labels;
  const isOwn = own.some(
    (gate) => gate.labels['phase'] === phase && replaces({ ...gate, labels: {} }, standard),
  );
  if (isOwn) return [];
  const whole = own.find((gate) => gate.aggregation === standard.aggregation && replaces(gate, standard));
  if (whole === undefined) return [standard];
  const { operator, limit, unit } = whole;
  return [{ ...standard, operator, limit, unit }];
}

/** An own gate that bounds the same figure from the same side takes the place of a default gate. */
function replaces(own: Gate, standard: Gate): boolean {
  return (
    own.metric === standard.metric &&
    own.over_s === undefined &&
    Object.keys(own.labels).length === 0 &&
    (own.aggregation === standard.aggregation || own.aggregation === 'p95') &&
    // None at all is the strictest bound: any other on the same count is meant to allow some.
    (standard.operator === '==' || own.operator.charAt(0) === standard.operator.charAt(0))
  );
}

/** A percentile of a window needs its samples as that of a run does; what is planned tells before the run. */
function checkWindows(gates: readonly Gate[], run: Measurable, planned: GateRequest['planned']): void {
  const measured_s = run.phaseSeconds.reduce((sum, seconds) => sum + seconds, 0);
  const problems = gates.flatMap((gate) => {
    const { over_s, aggregation, metric } = gate;
    const samples = planned.get(metric as BaseLatency);
    if (over_s === undefined || samples === undefined || !Object.hasOwn(QUANTILES, aggregation)) return [];
    const expected = Math.floor((samples * over_s) / measured_s);
    const needed = samplesNeeded(aggregation as QuantileName);
    if (expected >= needed) return [];
    return [
      `gate "${formatGate(gate)}": about ${expected} samples fall into ${over_s} s; ${aggregation} needs ${needed}`,
    ];
  });
  if (problems.length > 0) throw gateError(problems);
}
