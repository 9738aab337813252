import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { EXIT, type ExitCode } from '../base/exit-codes.ts';
import { withoutIdleCollections } from '../base/idle-collections.ts';
import type { ProcessLike } from './io.ts';
import { OPEN_FILES_HINT } from './open-files-hint.ts';

/** Loads the command line; tests replace it. */
export type LoadMain = () => Promise<{ readonly main: (process: ProcessLike) => Promise<ExitCode> }>;

/** Node's words for a package of which it has found the folder, and no file. */
const UNREADABLE_PACKAGE = /^Cannot find package '([/\\]|[A-Za-z]:).*' imported from /;

/** Why an error is one of too many open files; null where it is not. */
function openFilesError(error: NodeJS.ErrnoException): string | null {
  if (error.code === 'EMFILE' || error.code === 'ENFILE') return messageOf(error);
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || !UNREADABLE_PACKAGE.test(error.message)) return null;
  // Node takes files that it can't open for missing: this one is there.
  const [, path = ''] = error.message.split("'");
  const isThere = existsSync(join(dirname(path), 'package.json'));
  return isThere ? `EMFILE: too many open files to read ${dirname(path)}` : null;
}

/**
 * Loads the command line and runs it. Its modules are read all at once, so the limit of open files may be reached
 * before any of them runs: this file depends on next to nothing and says so.
 */
export async function start(
  process: ProcessLike,
  load: LoadMain = () => import('./main.ts'),
): Promise<ExitCode> {
  withoutIdleCollections();
  const loaded = await load().catch((error: NodeJS.ErrnoException) => {
    const why = openFilesError(error);
    if (why === null) throw error;
    process.stderr.write(`error: relay-bench can't be loaded: ${why}\nhint: ${OPEN_FILES_HINT}\n`);
    return null;
  });
  return loaded === null ? EXIT.unreachable : loaded.main(process);
}
