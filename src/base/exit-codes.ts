/** Exit codes of the command line; fixed, CI pipelines depend on them. */
export const EXIT = {
  /** Every gate holds. */
  ok: 0,
  /** A bug in relay-bench. */
  internal: 1,
  /** Usage, scenario, gate or report file invalid; reports not comparable. */
  usage: 2,
  /** Target unreachable, preflight or stack start failed. */
  unreachable: 3,
  /** Confirmed regression (`compare`, `ab`). */
  regression: 98,
  /** A gate failed; the same code as k6. */
  gateFailed: 99,
  /** The run is invalid: generator saturated, offered rate not reached. */
  invalidRun: 103,
  /** Interrupted by SIGINT. */
  interrupted: 130,
  /** Interrupted by SIGTERM. */
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Which code wins when several apply: first in this list. */
const PRECEDENCE: readonly ExitCode[] = [
  EXIT.usage,
  EXIT.unreachable,
  EXIT.internal,
  EXIT.interrupted,
  EXIT.terminated,
  EXIT.invalidRun,
  EXIT.gateFailed,
  EXIT.regression,
];

/** The one code a process ends with when several conditions hold; 0 when `codes` is empty. */
export function strongestExitCode(codes: readonly ExitCode[]): ExitCode {
  return PRECEDENCE.find((code) => codes.includes(code)) ?? EXIT.ok;
}
