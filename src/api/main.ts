/**
 * What programs may import from the package: read a finished run, judge it by gates of their own, compare runs.
 * Nothing here starts a process or opens a connection. `docs/api.md` has an example.
 */
import { RelayBenchError } from '../base/errors.ts';
import { type NamedRun, requireDistinct } from '../compare/comparable.ts';
import { type CompareOptions, compareRuns, DEFAULT_OPTIONS } from '../compare/compare.ts';
import type { Comparison } from '../compare/schema.ts';
import { judgeAgain } from '../gate/judge-again.ts';
import { readRunRecord } from '../record/read.ts';
import type { RunRecord } from '../record/schema.ts';

export type { GateResult } from '../record/schema.ts';
export type { CompareOptions, Comparison, RelayBenchError, RunRecord };

/**
 * Reads and validates a `run.json`; also of an older version, and of a newer minor version without what that added.
 * @throws RelayBenchError `RUN_FILE_INVALID`
 */
export async function readRun(path: string): Promise<RunRecord> {
  return readRunRecord(path);
}

/**
 * The record as these gates judge it: `verdict` is `pass`, `fail` or `invalid`, `gates` has a result each, `exitCode` is
 * that of `relay-bench gate`. The record that was given stays as it is.
 * @param gates such as `ack_latency p99 < 250ms`
 * @throws RelayBenchError `GATE_INVALID` naming every gate that is malformed or that the run can't give a number for
 */
export function judge(record: RunRecord, gates: readonly string[]): RunRecord {
  return judgeAgain(record, gates);
}

/**
 * Compares the runs of a base with those of a candidate as `relay-bench compare` does; `verdict` is `better`, `worse`,
 * `same` or `inconclusive`.
 * @param options what differs from the defaults: a tolerance of 20 % for one run a side, 5 % and Mann–Whitney for many
 * @throws RelayBenchError `NOT_COMPARABLE` with every reason, `SAME_RUN_TWICE`, `COMPARE_SIDES` where a side is empty
 */
export function compare(
  base: readonly RunRecord[],
  candidate: readonly RunRecord[],
  options: Partial<CompareOptions> = {},
): Comparison {
  const [bases, candidates] = [named(base), named(candidate)];
  requireSides(bases, candidates);
  requireDistinct([...bases, ...candidates]);
  return compareRuns(bases, candidates, { ...DEFAULT_OPTIONS, ...options });
}

/** Messages call a run by its id: a program gives no names of files. */
function named(runs: readonly RunRecord[]): NamedRun[] {
  return runs.map((record) => ({ name: record.runId, record }));
}

function requireSides(...sides: readonly (readonly NamedRun[])[]): void {
  if (sides.every(({ length }) => length > 0)) return;
  throw new RelayBenchError('a comparison needs at least one run on each side', {
    code: 'COMPARE_SIDES',
    hint: 'read the records of a base and of a candidate with readRun',
  });
}
