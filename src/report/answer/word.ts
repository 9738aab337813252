import { EXIT } from '../../base/exit-codes.ts';
import { REASONS } from '../../judge/blame.ts';
import type { RunRecord } from '../../record/schema.ts';

/** The verdict on one run in a word; `STOPPED`: somebody ended it early, so that there is none. */
export type RunWord = 'PASS' | 'FAIL' | 'INVALID' | 'STOPPED';

const WORDS = { pass: 'PASS', fail: 'FAIL', invalid: 'INVALID' } as const;

/** The word that every report of a run begins with. */
export function wordOf(record: RunRecord): RunWord {
  return wasStopped(record) ? 'STOPPED' : WORDS[record.verdict];
}

/**
 * Whether a signal ended the run before its time: what its gates lack then says nothing about the relay. What the relay
 * itself did (it died, it refused the preparation) stays its failure.
 */
export function wasStopped({ partial, exitCode, failures }: RunRecord): boolean {
  const bySignal = exitCode === EXIT.interrupted || exitCode === EXIT.terminated;
  return partial && bySignal && !failures.some(({ kind }) => REASONS[kind].consequence === 'fails');
}

/** Whether the gates of a run were judged: not where it is invalid, nor where it was stopped. */
export function areGatesJudged(record: RunRecord): boolean {
  return record.verdict !== 'invalid' && !wasStopped(record);
}
