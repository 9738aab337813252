import { didYouMean } from '../base/suggest.ts';
import { AUDIT_COUNTS, type AuditCount } from '../metric/audit-counts.ts';
import { baseLatency, type LatencyMetric } from '../metric/catalogue.ts';
import { COUNTER_MAPS, type CounterMapMetric } from '../metric/counter-maps.ts';
import { COUNTERS, type CounterMetric } from '../metric/counters.ts';
import { INVARIANT_NAMES, INVARIANTS } from '../metric/invariants.ts';
import { LATENCIES } from '../metric/latencies.ts';
import { RATIOS, type RatioMetric } from '../metric/ratios.ts';
import { SOURCES, type Source } from '../metric/source.ts';
import { formatGate, type Gate } from './expression.ts';
import type { Measurable } from './measurable.ts';
import { gateError } from './parse.ts';

/** Why a run can't give `gate` a number, or null where it can. */
export function unmeasurable(gate: Gate, run: Measurable): string | null {
  const source = sourceOf(gate);
  if (!run.sources.has(source)) {
    return `${gate.metric} needs ${SOURCES[source]}`;
  }
  return (
    unknownValue('phase', gate.labels['phase'], run.phases) ??
    unknownValue('filter', gate.labels['filter'], run.filters) ??
    unknownInvariant(gate) ??
    windowTooLong(gate, run)
  );
}

/** @throws RelayBenchError `GATE_INVALID` where a run as described by `run` can't produce a gate's metric */
export function checkGates(gates: readonly Gate[], run: Measurable): void {
  const problems = gates.flatMap((gate) => {
    const problem = unmeasurable(gate, run);
    return problem === null ? [] : [`gate "${formatGate(gate)}": ${problem}`];
  });
  if (problems.length > 0) throw gateError(problems);
}

function sourceOf({ metric, kind }: Gate): Source {
  switch (kind) {
    case 'latency':
      return LATENCIES[baseLatency(metric as LatencyMetric)].source;
    case 'ratio':
      return RATIOS[metric as RatioMetric].source;
    case 'counter':
      return COUNTERS[metric as CounterMetric].source;
    case 'counter-map':
      return COUNTER_MAPS[metric as CounterMapMetric].source;
    case 'audit':
      return AUDIT_COUNTS[metric as AuditCount].source;
  }
}

function windowTooLong({ over_s, labels }: Gate, { phases, phaseSeconds }: Measurable): string | null {
  if (over_s === undefined) return null;
  const wanted = labels['phase'];
  const seconds = phaseSeconds.reduce(
    (sum, length, at) => (wanted === undefined || phases[at] === wanted ? sum + length : sum),
    0,
  );
  if (over_s <= seconds) return null;
  const where = wanted === undefined ? 'the measured phases last' : `phase ${wanted} lasts`;
  return `a window of ${over_s} s does not fit: ${where} ${seconds} s`;
}

function unknownInvariant({ labels }: Gate): string | null {
  const wanted = labels['invariant'];
  if (wanted === undefined || Object.hasOwn(INVARIANTS, wanted)) return null;
  return `an audit has no invariant "${wanted}": use ${INVARIANT_NAMES.join(', ')}`;
}

function unknownValue(label: string, value: string | undefined, known: readonly string[]): string | null {
  if (value === undefined || known.includes(value)) return null;
  return `the scenario has no ${label} "${value}"${didYouMean(value, known)}: use ${known.join(', ')}`;
}
