import type { BaseLatency } from '../metric/catalogue.ts';
import { checkGates } from './check.ts';
import { defaultGates } from './defaults.ts';
import { formatGate, type Gate } from './expression.ts';
import type { Measurable } from './measurable.ts';
import { parseGates } from './parse.ts';

export interface GateRequest {
  readonly run: Measurable;
  /** See `defaultGates`. */
  readonly planned: ReadonlyMap<BaseLatency, number>;
  /** Gates of the scenario and of the command line. */
  readonly expressions: readonly string[];
  readonly withDefaults: boolean;
}

/**
 * The gates in force, canonical and without repetition: the default gates that no own gate replaces, then the
 * own gates.
 * @throws RelayBenchError `GATE_INVALID` where one is malformed or the run can't produce its metric
 */
export function resolveGates({ run, planned, expressions, withDefaults }: GateRequest): readonly string[] {
  const own = parseGates(expressions);
  checkGates(own, run);
  const defaults = withDefaults ? defaultGates(run, planned) : [];
  const kept = defaults.filter((gate) => !own.some((other) => replaces(other, gate)));
  return [...new Set([...kept, ...own].map(formatGate))];
}

/** An own gate that bounds the same figure from the same side takes the place of a default gate. */
function replaces(own: Gate, standard: Gate): boolean {
  return (
    own.metric === standard.metric &&
    Object.keys(own.labels).length === 0 &&
    (own.aggregation === standard.aggregation || own.aggregation === 'p95') &&
    own.operator.charAt(0) === standard.operator.charAt(0)
  );
}
