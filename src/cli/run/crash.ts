import { messageOf } from '../../base/errors.ts';
import { EXIT, type ExitCode } from '../../base/exit-codes.ts';
import type { RunRecord } from '../../record/schema.ts';
import type { Io } from '../io.ts';
import { printError } from '../print-error.ts';

/** What broke in relay-bench itself while a run went on. */
export interface CrashWatch {
  /** Aborted by the first crash: the run ends, so that what it has measured is written. */
  readonly signal: AbortSignal;
  /** Takes note of an error that was caught. */
  readonly note: (error: unknown) => void;
  /** The record with what broke in it, exit code 1; the same record where nothing did. */
  mark(record: RunRecord): RunRecord;
  /** Prints what broke. @returns the exit code, null where nothing did */
  report(): ExitCode | null;
  /** Stops watching. */
  dispose(): void;
}

/** An exception that comes back every second is told once. */
const MOST_KEPT = 3;

/**
 * Watches for exceptions that nobody catches, wherever in this process they are thrown. They are bugs, and without this
 * one of them would end the process with everything that was measured.
 */
export function watchCrashes(io: Io): CrashWatch {
  const controller = new AbortController();
  const errors: unknown[] = [];
  const note = (error: unknown): void => {
    const isKnown = errors.some((other) => messageOf(other) === messageOf(error));
    if (!isKnown && errors.length < MOST_KEPT) errors.push(error);
    controller.abort('crash');
  };
  const dispose = io.onCrash(note);
  return {
    signal: controller.signal,
    note,
    mark: (record) => (errors.length === 0 ? record : crashed(record, errors)),
    report: () => (errors.length === 0 ? null : (errors.map((error) => printError(error, io)).at(0) ?? null)),
    dispose,
  };
}

/** What was measured up to the crash; it proves nothing about the relay. */
function crashed(record: RunRecord, errors: readonly unknown[]): RunRecord {
  const reasons = errors.map(
    (error) => `relay-bench itself failed, and the record ends there: ${messageOf(error)}`,
  );
  const { validity } = record;
  return {
    ...record,
    partial: true,
    validity: {
      verdict: 'invalid',
      reasons: [...reasons, ...validity.reasons],
      owners: [...reasons.map(() => 'generator' as const), ...validity.owners],
      kinds: [...reasons.map(() => 'crashed' as const), ...validity.kinds],
    },
    verdict: 'invalid',
    exitCode: EXIT.internal,
  };
}
