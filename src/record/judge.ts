import { EXIT, type ExitCode, strongestExitCode } from '../base/exit-codes.ts';
import { type Doubt, type Openness, REASONS } from '../judge/blame.ts';
import { marginOf } from './margin.ts';
import type { GateResult, RunRecord } from './schema.ts';
import { validityOf, withReasons } from './validity.ts';

/** Why a run ended early: a signal, a gate that aborts, or null where it ran to its end. */
export type Stopped = 'SIGINT' | 'SIGTERM' | 'abort' | null;

/**
 * The finished record: gates with their margins, verdict and exit code filled in. In this order:
 *
 * 1. invalid where the load was not offered: that proves nothing, whatever the gates say;
 * 2. failed where a gate is broken or has no data, where the target itself failed, or where a gate aborted the run;
 * 3. invalid where a gate is undecided, or where figures may be too high and no gate on a latency says that they are
 *    low enough all the same;
 * 4. passed. Doubts are caveats then: what made the figures higher is counted in.
 *
 * @param record from `buildRecord`
 * @param gates results of the gates on that record
 * @param stopped why the run ended early; anything but null makes the record partial
 */
export function judge(record: RunRecord, gates: readonly GateResult[], stopped: Stopped): RunRecord {
  const notOffered = record.validity.verdict === 'invalid';
  const failed =
    stopped === 'abort' ||
    record.failures.some(({ kind }) => REASONS[kind].consequence === 'fails') ||
    gates.some(({ verdict }) => verdict === 'fail' || verdict === 'no-data');
  const open = notOffered || failed ? [] : openReasons(record, gates);
  const invalid = notOffered || open.length > 0;
  return {
    ...record,
    partial: record.partial || stopped !== null,
    gates: gates.map((gate) => ({ ...gate, margin: marginOf(gate) })),
    validity: notOffered ? withReasons(record.validity, record.generator.doubts) : validityOf(open),
    caveats: invalid ? record.caveats : [...doubtCaveats(record), ...record.caveats],
    verdict: invalid ? 'invalid' : failed ? 'fail' : 'pass',
    exitCode: exitCodeOf({ invalid, failed }, stopped),
  };
}

function exitCodeOf(is: { readonly invalid: boolean; readonly failed: boolean }, stopped: Stopped): ExitCode {
  const codes: ExitCode[] = [];
  if (is.invalid) codes.push(EXIT.invalidRun);
  if (is.failed) codes.push(EXIT.gateFailed);
  if (stopped === 'SIGINT') codes.push(EXIT.interrupted);
  if (stopped === 'SIGTERM') codes.push(EXIT.terminated);
  return strongestExitCode(codes);
}

/** Why nobody knows whether a run passes, which is not to say that it fails. */
function openReasons(record: RunRecord, gates: readonly GateResult[]): (Openness | Doubt)[] {
  const { doubts } = record.generator;
  const undecided = gates.filter(({ verdict }) => verdict === 'undecided');
  if (undecided.length > 0) return [...undecided.map(opennessOf), ...doubts];
  const isBounded = gates.some(({ actualService }) => actualService !== undefined);
  return isBounded ? [] : doubts;
}

function opennessOf({
  expression,
  reason = 'its bounds lie on both sides of the limit',
}: GateResult): Openness {
  return { kind: 'gate-undecided', text: `${expression} is undecided: ${reason}` };
}

/** The most important of caveats, since a reader may take the figures for the target's own. */
function doubtCaveats({ generator: { doubts } }: RunRecord): string[] {
  return doubts.map(({ text }) => `${text}; that is included, so latencies are at most as high as shown`);
}
