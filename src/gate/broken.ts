import { own } from '../base/own.ts';
import { ACCOUNTS, type OperationAccount } from '../metric/accounts.ts';
import type { CounterMetric } from '../metric/counters.ts';
import { ratioDefinition } from '../metric/ratios.ts';
import { countOf } from '../record/conservation.ts';
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

/**
 * How the gates of a run that goes on stand: `pass` where one holds so far and `fail` where it is broken by now, even if all that
 * is in flight ends well; of all others only the end tells, they are `undecided`.
 * @param record of the run so far
 */
export function gatesSoFar(record: RunRecord, expressions: readonly string[]): GateResult[] {
  return evaluateGates(hopeful(record), expressions).map((gate) => {
    const isKnown = gate.verdict === 'pass' || isBroken(gate, record, 1);
    return isKnown ? gate : { ...gate, verdict: 'undecided' };
  });
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
  const account = ACCOUNTS.find(({ ratio }) => ratio === metric);
  if (account !== undefined) return wholeOf(account, counters);
  if (metric === 'connect_ratio') return load.connections.requested;
  const series = /^\S+/.exec(expression)?.[0] ?? metric;
  return (own(metrics, series) ?? own(metrics, metric))?.count ?? 0;
}

/** The record as it would be if everything that is in flight ended well. */
function hopeful(record: RunRecord): RunRecord {
  const { counters } = record;
  const known = new Map<string, number | null>([
    ['connect_ratio', record.ratios['connect_ratio'] ?? null],
    ...ACCOUNTS.map((account) => [account.ratio, 1 - lostShare(account, counters)] as const),
  ]);
  const ratios = Object.fromEntries(
    Object.keys(record.ratios).map((name) => [name, known.get(name) ?? null]),
  );
  return { ...record, ratios };
}

function wholeOf({ sent, unsent }: OperationAccount, counters: Counters): number {
  return counters[sent] + counters[unsent];
}

/** What has ended otherwise than wanted, or could not begin. */
function lostShare(account: OperationAccount, counters: Counters): number {
  const { ends, unsent, ratio } = account;
  const whole = wholeOf(account, counters);
  const ended = Object.values(ends).reduce((sum, name) => sum + countOf(counters, name), counters[unsent]);
  const wanted = (ratioDefinition(ratio).of?.part ?? []) as readonly CounterMetric[];
  const lost = wanted.reduce((sum, name) => sum - counters[name], ended);
  return whole === 0 ? 0 : lost / whole;
}
