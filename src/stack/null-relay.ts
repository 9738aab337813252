import { type ReadyProgram, startReadyProgram } from './ready-program.ts';

/** The null relay as a process of its own. */
export type NullRelayProcess = ReadyProgram;

export interface NullRelayProcessOptions {
  /** Stored events that answer every REQ; default 0. */
  readonly stored?: number;
  /** Whether every event goes to every subscription; default false. */
  readonly fanOut?: boolean;
}

/**
 * Starts the null relay, which acknowledges everything and checks nothing: what remains of the cost of a load is
 * the generator's own.
 * @throws RelayBenchError `NULL_RELAY_FAILED` (exit code 3)
 */
export async function startNullRelayProcess(
  options: NullRelayProcessOptions = {},
): Promise<NullRelayProcess> {
  return startReadyProgram({
    name: 'the null relay',
    program: '../relay/null/main.js',
    args: ['--stored', String(options.stored ?? 0), ...(options.fanOut === true ? ['--fan-out'] : [])],
    failure: { code: 'NULL_RELAY_FAILED', hint: 'see whether this machine allows listening on 127.0.0.1' },
  });
}
