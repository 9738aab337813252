import { own } from '../base/own.ts';
import { didYouMean } from '../base/suggest.ts';
import { AUDIT_COUNTS, type AuditCount } from '../metric/audit-counts.ts';
import { baseLatency, type LatencyMetric } from '../metric/catalogue.ts';
import { COUNTER_MAPS, type CounterMapMetric } from '../metric/counter-maps.ts';
import { COUNTERS, type CounterMetric } from '../metric/counters.ts';
import { driftQuantity } from '../metric/drifts.ts';
import { INVARIANT_NAMES, INVARIANTS } from '../metric/invariants.ts';
import { LATENCIES } from '../metric/latencies.ts';
import { RATIOS, type RatioMetric } from '../metric/ratios.ts';
import { seriesKey } from '../metric/series.ts';
import { SOURCES, type Source } from '../metric/source.ts';
import { formatGate, type Gate } from './expression.ts';
import type { Measurable } from './measurable.ts';
import { gateError } from './parse.ts';

/** Why a run can't give `gate` a number, or null where it can. */
export function unmeasurable(gate: Gate, run: Measurable): string | null {
  const source = sourceOf(gate);
  if (source !== null && !run.sources.has(source)) {
    return `${seriesKey(gate.metric, gate.kind === 'drift' ? gate.labels : {})} needs ${SOURCES[source]}`;
  }
  return (
    unknownValue('phase', gate.labels['phase'], run.phases) ??
    unknownLabelled(gate, run) ??
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

/** Null where every run has it. */
function sourceOf({ metric, kind, labels }: Gate): Source | null {
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
    case 'drift':
      return sourceOfDrift(labels['of']);
  }
}

function sourceOfDrift(of = ''): Source | null {
  const quantity = driftQuantity(of);
  return quantity === null || quantity === 'rss' || quantity === 'descriptors'
    ? null
    : LATENCIES[quantity].source;
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

/** Of latencies only: the words of counters are the relay's own. */
function unknownLabelled({ kind, labels }: Gate, run: Measurable): string | null {
  if (kind !== 'latency') return null;
  const narrowing = Object.keys(labels).filter((label) => label !== 'phase');
  if (narrowing.length > 1) return `${narrowing.join(' and ')} are not told together: name one of them`;
  for (const [label, value] of Object.entries(labels)) {
    if (label === 'phase') continue;
    const problem = unknownValue(label, value, own(run.labels, label) ?? []);
    if (problem !== null) return problem;
  }
  return null;
}

function unknownValue(label: string, value: string | undefined, known: readonly string[]): string | null {
  if (value === undefined || known.includes(value)) return null;
  const others = known.length === 0 ? '' : `${didYouMean(value, known)}: use ${known.join(', ')}`;
  return `the scenario has no ${label} "${value}"${others}`;
}
