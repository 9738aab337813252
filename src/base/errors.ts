import { EXIT, type ExitCode } from './exit-codes.ts';

/** What an error needs to be useful to the person who reads it. */
export interface ErrorDetails {
  /** Stable identifier, for example `SCENARIO_INVALID`; scripts may match on it. */
  readonly code: string;
  /** What to do about it; one sentence. */
  readonly hint?: string;
  /** Exit code of the process when this error ends a command; default 2 (usage). */
  readonly exitCode?: ExitCode;
  readonly cause?: unknown;
}

/**
 * The base class of every failure that a user can cause or meet. It is printed as one line and a hint;
 * any other exception is a bug and is printed with its stack.
 */
export class RelayBenchError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'RelayBenchError';
    this.code = details.code;
    this.hint = details.hint;
    this.exitCode = details.exitCode ?? EXIT.usage;
  }
}

/** The message of anything that was thrown, for embedding in another message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
