import { RelayBenchError } from '../base/errors.ts';
import type { ExitCode } from '../base/exit-codes.ts';
import { createIo, type Io, type ProcessLike } from './io.ts';
import { printError } from './print-error.ts';
import { createProgram } from './program.ts';

/**
 * The whole command line: reads `process.argv`, writes to its streams and resolves to the exit code. Never
 * rejects and never ends the process by itself (except on a second signal), so it can run inside a test.
 */
export async function main(process: ProcessLike): Promise<ExitCode> {
  const io = createIo(process);
  const code = await createProgram(io)
    .run(io.args)
    .catch((error: unknown) => printError(error, io));
  return (await reportLostOutput(io)) ?? code;
}

/** Results that did not reach stdout are a failure, whatever they said. @returns null where nothing was lost */
async function reportLostOutput(io: Io): Promise<ExitCode | null> {
  // A stream tells of a failed write after the turn in which it was made.
  await new Promise((resolve) => setImmediate(resolve));
  const cause = io.lostOutput();
  if (cause === null) return null;
  const error = new RelayBenchError(`stdout can't be written: ${cause.message}`, {
    code: 'OUTPUT_NOT_WRITTEN',
    hint: 'free some space, or send the output somewhere else',
    cause,
  });
  return printError(error, io);
}
