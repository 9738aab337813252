import { messageOf } from '../base/errors.ts';
import type { RunRecord } from '../record/schema.ts';
import type { ProgressEvent } from '../result/progress.ts';
import type { Reporter } from './reporter.ts';

/** A reporter that threw, and what. */
export interface BrokenReporter {
  readonly name: string;
  readonly error: unknown;
}

/** Several reporters behind one. */
export interface Multiplexer {
  onProgress(event: ProgressEvent): void;
  onRecord(record: RunRecord): Promise<void>;
  onEnd(): Promise<void>;
  /** Reporters that threw so far; the caller decides what that means for the exit code. */
  readonly broken: readonly BrokenReporter[];
}

/**
 * Calls every reporter in order. One that throws is reported once through `warn` and then only asked to end; the
 * others go on.
 */
export function multiplex(reporters: readonly Reporter[], warn: (text: string) => void): Multiplexer {
  const broken: BrokenReporter[] = [];
  const isBroken = (reporter: Reporter): boolean => broken.some(({ name }) => name === reporter.name);
  const failed = (reporter: Reporter, error: unknown): void => {
    if (isBroken(reporter)) return;
    broken.push({ name: reporter.name, error });
    warn(`reporter ${reporter.name} failed and is switched off: ${messageOf(error)}\n`);
  };
  const each = async (call: (reporter: Reporter) => void | Promise<void>, all: boolean): Promise<void> => {
    for (const reporter of reporters) {
      if (!all && isBroken(reporter)) continue;
      try {
        await call(reporter);
      } catch (error) {
        failed(reporter, error);
      }
    }
  };
  return {
    broken,
    onProgress: (event) => {
      for (const reporter of reporters) {
        if (isBroken(reporter)) continue;
        try {
          reporter.onProgress?.(event);
        } catch (error) {
          failed(reporter, error);
        }
      }
    },
    onRecord: (record) => each((reporter) => reporter.onRecord?.(record), false),
    onEnd: () => each((reporter) => reporter.onEnd?.(), true),
  };
}
