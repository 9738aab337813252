import { EXIT, type ExitCode, strongestExitCode } from '../base/exit-codes.ts';
import { REASONS } from '../judge/blame.ts';
import { marginOf } from './margin.ts';
import type { GateResult, RunRecord } from './schema.ts';

/** Why a run ended early: a signal, a gate that aborts, or null where it ran to its end. */
export type Stopped = 'SIGINT' | 'SIGTERM' | 'abort' | null;

/**
 * The finished record: gates with their margins, verdict and exit code filled in. An invalid run proves nothing, hence `invalid`
 * wins over any gate; a gate without data counts as failed, and so does a run that a gate aborted.
 * @param record from `buildRecord`
 * @param gates results of the gates on that record
 * @param stopped why the run ended early; anything but null makes the record partial
 */
export function judge(record: RunRecord, gates: readonly GateResult[], stopped: Stopped): RunRecord {
  const invalid = record.validity.verdict === 'invalid';
  const failed =
    stopped === 'abort' ||
    record.failures.some(({ kind }) => REASONS[kind].consequence === 'fails') ||
    gates.some((gate) => gate.verdict !== 'pass');
  const codes: ExitCode[] = [];
  if (invalid) codes.push(EXIT.invalidRun);
  if (failed) codes.push(EXIT.gateFailed);
  if (stopped === 'SIGINT') codes.push(EXIT.interrupted);
  if (stopped === 'SIGTERM') codes.push(EXIT.terminated);
  return {
    ...record,
    partial: record.partial || stopped !== null,
    gates: gates.map((gate) => ({ ...gate, margin: marginOf(gate) })),
    verdict: invalid ? 'invalid' : failed ? 'fail' : 'pass',
    exitCode: strongestExitCode(codes),
  };
}
