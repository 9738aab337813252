import type { ExitCode } from '../base/exit-codes.ts';
import { createIo, type ProcessLike } from './io.ts';
import { printError } from './print-error.ts';
import { createProgram } from './program.ts';

/**
 * The whole command line: reads `process.argv`, writes to its streams and resolves to the exit code. Never
 * rejects and never ends the process by itself (except on a second signal), so it can run inside a test.
 */
export async function main(process: ProcessLike): Promise<ExitCode> {
  const io = createIo(process);
  try {
    return await createProgram(io).run(io.args);
  } catch (error) {
    return printError(error, io);
  }
}
