import type { BaseLatency } from '../metric/catalogue.ts';
import type { CounterMetric } from '../metric/counters.ts';
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
 * @param planned latencies to gate and how many samples are planned for each; Infinity where replies set the pace
 */
export function defaultGates(run: Measurable, planned: ReadonlyMap<BaseLatency, number>): readonly Gate[] {
  const gates = [...planned].map(([metric, samples]) => latencyGate(metric, samples));
  if (run.sources.has('generator')) gates.push(ratioGate('achieved_rate_ratio', 99));
  gates.push(ratioGate('connect_ratio', 100), noneOf('connections_lost'));
  if (run.sources.has('publish')) gates.push(ratioGate('ack_ratio', 100));
  if (run.publishesNewOnly) gates.push(noneOf('duplicates_unexplained'));
  if (run.sources.has('query')) gates.push(ratioGate('query_ratio', 100));
  if (run.sources.has('subscribe'))
    gates.push(ratioGate('delivery_ratio', 100), noneOf('subscriptions_closed'));
  if (run.sources.has('answers')) gates.push(NO_WRONG_ANSWER);
  gates.push(...conductGates(run));
  return gates;
}

const NO_WRONG_ANSWER: Gate = {
  metric: 'answers_wrong',
  kind: 'counter-map',
  labels: {},
  aggregation: 'count',
  operator: '==',
  limit: 0,
  unit: '',
};

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

/** What no relay may do, by what can show it (NIP-01): see `judge/rules.ts`. */
function conductGates({ sources }: Measurable): readonly Gate[] {
  const names: CounterMetric[] = [];
  if (sources.has('query')) names.push('query_overflows', 'events_after_eose');
  if (sources.has('subscribe')) names.push('deliveries_unmatched');
  if (sources.has('query') || sources.has('subscribe')) names.push('events_invalid');
  return names.map(noneOf);
}

function noneOf(metric: CounterMetric): Gate {
  return { ...NO_WRONG_ANSWER, metric, kind: 'counter' };
}

function latencyGate(metric: BaseLatency, samples: number): Gate {
  const aggregation = samples >= samplesNeeded('p95') ? 'p95' : 'max';
  return { metric, kind: 'latency', labels: {}, aggregation, operator: '<', limit: LIMIT_MS, unit: 'ms' };
}

function ratioGate(metric: string, limit: number): Gate {
  return { metric, kind: 'ratio', labels: {}, aggregation: 'ratio', operator: '>=', limit, unit: '%' };
}
