import { own } from '../base/own.ts';
import { sumOf } from '../record/conservation.ts';
import { operatorOf } from '../record/margin.ts';
import type { Counters, GateResult, RunRecord } from '../record/schema.ts';
import { evaluateGates } from './evaluate.ts';

/** What a run so far must rest on before a gate may end it. */
export interface BrokenOptions {
  /** Operations. */
  readonly minSamples: number;
}

/**
 * The first gate of a run that goes on which fails already and will not recover by waiting: latencies above their
 * limit, counts that only grow, ratios that have lost too much even if all that is in flight ends well. What only the
 * end tells (missing deliveries, the achieved rate, no data) never ends a run.
 * @param record of the run so far
 */
export function brokenGate(
  record: RunRecord,
  expressions: readonly string[],
  { minSamples }: BrokenOptions,
): GateResult | null {
  const results = evaluateGates(hopeful(record), expressions);
  return results.find((gate) => isBroken(gate, record, minSamples)) ?? null;
}

function isBroken(gate: GateResult, record: RunRecord, minSamples: number): boolean {
  if (gate.verdict !== 'fail') return false;
  const operator = operatorOf(gate.expression) ?? '';
  if (gate.aggregation === 'ratio') return operator.startsWith('>') && seen(gate, record) >= minSamples;
  if (gate.aggregation === 'rate') return false;
  if (gate.aggregation === 'count') {
    return operator !== '!=' && !operator.startsWith('>') && (gate.actual ?? 0) > gate.limit;
  }
  return operator.startsWith('<') && seen(gate, record) >= minSamples;
}

/** Operations that the gate's figure rests on so far. */
function seen({ metric, expression }: GateResult, { metrics, counters, load }: RunRecord): number {
  switch (metric) {
    case 'ack_ratio':
      return counters.events_sent + counters.events_unsent;
    case 'query_ratio':
      return counters.queries_sent + counters.queries_unsent;
    case 'connect_ratio':
      return load.connections.requested;
    default: {
      const series = /^\S+/.exec(expression)?.[0] ?? metric;
      return (own(metrics, series) ?? own(metrics, metric))?.count ?? 0;
    }
  }
}

/** The record as it would be if everything that is in flight ended well. */
function hopeful(record: RunRecord): RunRecord {
  const { counters } = record;
  const events = 1 - share(lostEvents(counters), counters.events_sent + counters.events_unsent);
  const queries = 1 - share(lostQueries(counters), counters.queries_sent + counters.queries_unsent);
  const known: Record<string, number | null> = {
    connect_ratio: record.ratios['connect_ratio'] ?? null,
    ack_ratio: events,
    query_ratio: queries,
  };
  const ratios = Object.fromEntries(
    Object.keys(record.ratios).map((name) => [name, own(known, name) ?? null]),
  );
  return { ...record, ratios };
}

function lostEvents(counters: Counters): number {
  const refused = sumOf(counters.events_rejected) - counters.events_superseded;
  return refused + counters.events_timeout + counters.events_lost_at_close + counters.events_unsent;
}

function lostQueries(counters: Counters): number {
  const { queries_closed, queries_timeout, queries_lost_at_close, queries_unsent } = counters;
  return queries_closed + queries_timeout + queries_lost_at_close + queries_unsent;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
