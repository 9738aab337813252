import { judge } from '../record/judge.ts';
import type { RunRecord } from '../record/schema.ts';
import { withoutOpenness } from '../record/validity.ts';
import { checkGates } from './check.ts';
import { evaluateGates, measurableOfRecord } from './evaluate.ts';
import { parseGates } from './parse.ts';

/**
 * The record as if its run had been judged by these gates alone; how it ended does not matter any more.
 * @param expressions such as `ack_latency p99 < 250ms`
 * @throws RelayBenchError `GATE_INVALID` (exit 2) naming every expression that is malformed or that the run can't give
 *   a number for; `RECORD_INVALID` (exit 2) where the record lacks its scenario
 */
export function judgeAgain(record: RunRecord, expressions: readonly string[]): RunRecord {
  checkGates(parseGates(expressions), measurableOfRecord(record));
  const results = evaluateGates(record, expressions);
  return judge({ ...record, validity: withoutOpenness(record.validity) }, results, null);
}
