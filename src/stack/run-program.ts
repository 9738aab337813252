import { execFile } from 'node:child_process';
import { env } from 'node:process';
import { promisify } from 'node:util';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import type { Owner } from './owner.ts';

const run = promisify(execFile);
const TAIL_CHARACTERS = 600;
const TIMEOUT_MS = 120_000;

export interface ProgramRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly owner: Owner | null;
  readonly signal?: AbortSignal;
  /** Besides PATH and the locale. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a program to its end.
 * @returns what it printed
 * @throws RelayBenchError `STACK_PROGRAM_FAILED` (exit 3) with what it said
 */
export async function runProgram({
  program,
  args,
  cwd,
  owner,
  signal,
  env: more,
}: ProgramRun): Promise<string> {
  try {
    const { stdout } = await run(program, args, {
      cwd,
      env: { PATH: env['PATH'], LC_ALL: 'C.UTF-8', ...more },
      timeout: TIMEOUT_MS,
      ...(signal === undefined ? {} : { signal }),
      ...(owner === null ? {} : { uid: owner.uid, gid: owner.gid }),
    });
    return stdout;
  } catch (cause) {
    const { stderr = '', stdout = '', message } = cause as Error & { stderr?: string; stdout?: string };
    const said = (stderr.trim() === '' ? stdout : stderr).trim();
    throw new RelayBenchError(
      `${program} failed: ${(said === '' ? message : said).slice(-TAIL_CHARACTERS)}`,
      {
        code: 'STACK_PROGRAM_FAILED',
        hint: hintFor(said),
        exitCode: EXIT.unreachable,
        cause,
      },
    );
  }
}

function hintFor(said: string): string {
  return /no space left on device|ENOSPC/i.test(said)
    ? 'the disk is full: free some space or name another directory with --dir'
    : 'run `relay-bench doctor` to see whether this machine has all that a stack needs';
}
