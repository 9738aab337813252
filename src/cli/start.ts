import { messageOf } from '../base/errors.ts';
import { EXIT, type ExitCode } from '../base/exit-codes.ts';
import type { ProcessLike } from './io.ts';
import { OPEN_FILES_HINT } from './open-files-hint.ts';

/** Loads the command line; tests replace it. */
export type LoadMain = () => Promise<{ readonly main: (process: ProcessLike) => Promise<ExitCode> }>;

/**
 * Loads the command line and runs it. Its modules are read all at once, so the limit of open files may be reached
 * before any of them runs: this file depends on next to nothing and says so.
 */
export async function start(
  process: ProcessLike,
  load: LoadMain = () => import('./main.ts'),
): Promise<ExitCode> {
  const loaded = await load().catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
    process.stderr.write(
      `error: relay-bench can't be loaded: ${messageOf(error)}\nhint: ${OPEN_FILES_HINT}\n`,
    );
    return null;
  });
  return loaded === null ? EXIT.unreachable : loaded.main(process);
}
