import type { MetricSet, NoneAllowed } from '../metric/definition.ts';
import type { BaseLatency } from '../metric/latencies.ts';
import { GATED_SETS } from '../metric/sets.ts';
import type { Source } from '../metric/source.ts';
import { samplesNeeded } from '../metric/summary.ts';
import type { Gate } from './expression.ts';
import type { Measurable } from './measurable.ts';

/** The promise that every scenario makes unless told otherwise. */
const LIMIT_MS = 100;

/**
 * The gates of every run that does not refuse them.
 *
 * - p95 < 100 ms for each latency in `planned`. Fewer samples than a p95 needs would leave the gate without
 *   data in every short run; there the maximum stands in, which is stricter and holds only if the p95 does.
 * - `achieved_rate_ratio >= 99%`: below, latencies belong to a smaller load than the one that was asked for.
 * - Nothing lost: every connection opens, every event is accepted, every query ends with EOSE, every accepted
 *   event arrives at every subscription that matches. All at 100 %: a loss or a refusal always has a cause
 *   that the reader of the run should see, and whoever expects some replaces the gate.
 *
 * - No wrong answer, where the right ones are known; no event that nobody asked for, that comes after EOSE although it
 *   was stored, or whose id or signature is wrong.
 * - Nobody thrown out: no connection that the target closes, no live subscription that it refuses or ends.
 * - No event called a duplicate that was never sent before, where every event of the run is new and none replaces another.
 *
 * Which ratios and counters these are stands in their entries of the catalogue.
 * @param planned latencies to gate and how many samples are planned for each; Infinity where replies set the pace
 */
export function defaultGates(run: Measurable, planned: ReadonlyMap<BaseLatency, number>): readonly Gate[] {
  const latencies = [...planned].map(([metric, samples]) => latencyGate(metric, samples));
  const kept = GATED_SETS.flatMap((set) => [...ratioGates(set, run), ...countGates(set, 'kept', run)]);
  return [...latencies, ...kept, ...GATED_SETS.flatMap((set) => countGates(set, 'conduct', run))];
}

function ratioGates({ ratios }: MetricSet, run: Measurable): readonly Gate[] {
  return Object.entries(ratios).flatMap(([name, { gate, source }]) =>
    gate === undefined || !takesPart(source, run) ? [] : [ratioGate(name, gate)],
  );
}

function countGates(
  { maps, counters }: MetricSet,
  sort: NoneAllowed['sort'],
  run: Measurable,
): readonly Gate[] {
  const entries = [
    ...Object.entries(maps).map(([name, entry]) => ({ name, kind: 'counter-map' as const, ...entry })),
    ...Object.entries(counters).map(([name, entry]) => ({ name, kind: 'counter' as const, ...entry })),
  ];
  return entries
    .filter(({ gate, source }) => gate?.sort === sort && takesPart(gate.needs ?? source, run))
    .map(({ name, kind }) => noneOf(name, kind));
}

function takesPart(source: string, { sources }: Measurable): boolean {
  return sources.has(source as Source);
}

/** Samples planned for each latency, by phase. */
export type PlannedByPhase = ReadonlyMap<string, ReadonlyMap<BaseLatency, number>>;

/**
 * The p95 of each latency in each phase that has enough operations for one: a percentile of the whole run says nothing of a
 * phase in which few of them fall, however slow it was.
 */
export function phaseGates(planned: PlannedByPhase): readonly Gate[] {
  return [...planned].flatMap(([phase, latencies]) =>
    [...latencies]
      .filter(([, samples]) => samples >= samplesNeeded('p95'))
      .map(([metric, samples]) => ({ ...latencyGate(metric, samples), labels: { phase } })),
  );
}

function noneOf(metric: string, kind: 'counter' | 'counter-map'): Gate {
  return { metric, kind, labels: {}, aggregation: 'count', operator: '==', limit: 0, unit: '' };
}

function latencyGate(metric: BaseLatency, samples: number): Gate {
  const aggregation = samples >= samplesNeeded('p95') ? 'p95' : 'max';
  return { metric, kind: 'latency', labels: {}, aggregation, operator: '<', limit: LIMIT_MS, unit: 'ms' };
}

function ratioGate(metric: string, limit: number): Gate {
  return { metric, kind: 'ratio', labels: {}, aggregation: 'ratio', operator: '>=', limit, unit: '%' };
}
