import { messageOf, RelayBenchError } from '../../base/errors.ts';

/** `CORPUS_NOT_WRITTEN`: the file system refused. */
export function notWritten(dir: string, cause: unknown): RelayBenchError {
  return new RelayBenchError(`the corpus can't be written to ${dir}: ${messageOf(cause)}`, {
    code: 'CORPUS_NOT_WRITTEN',
    hint: 'name a directory with enough room that you may write to',
    cause,
  });
}

/** `CORPUS_DAMAGED`: what is there is not what the manifest says. */
export function damaged(dir: string, what: string): RelayBenchError {
  return new RelayBenchError(`the corpus in ${dir} is damaged: ${what}`, {
    code: 'CORPUS_DAMAGED',
    hint: 'remove the directory and make the corpus again',
  });
}

/** The code of `outTaken`. */
export const OUT_TAKEN = 'CORPUS_OUT_TAKEN';

/** `CORPUS_OUT_TAKEN`: a directory is not overwritten. */
export function outTaken(dir: string, holds: string): RelayBenchError {
  return new RelayBenchError(`${dir} already holds ${holds}`, {
    code: OUT_TAKEN,
    hint: 'name another directory or remove this one',
  });
}

/** `CORPUS_NOT_FOUND`: there is no corpus. */
export function notFound(path: string): RelayBenchError {
  return new RelayBenchError(`there is no corpus in ${path}`, {
    code: 'CORPUS_NOT_FOUND',
    hint: 'make one with `relay-bench corpus generate` or `relay-bench corpus import`',
  });
}
