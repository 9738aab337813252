import { chdir, cwd, env } from 'node:process';
import { pathToFileURL } from 'node:url';
import type { main as Main } from '../../src/cli/main.ts';
import { FakeProcess } from './fake-process.ts';
import type { CliOptions, CliResult } from './run-cli.ts';

const { main } = (await import(pathToFileURL('dist/cli/main.js').href)) as { main: typeof Main };

/**
 * Runs the built command line inside this process: the same words, streams and exit code as `runCli` gives, without the
 * 0.7 s of CPU that loading the program takes each time. For whatever does not need a process: refusals, reports, plans;
 * a test of its files proves with `runCli` that the process passes the code on. One at a time, because the working
 * directory belongs to the whole process, and in the projects that run tests in processes (engine, truth, e2e).
 */
export async function runMain(
  args: readonly string[],
  options: Omit<CliOptions, 'ownGroup'> = {},
): Promise<CliResult> {
  const process = new FakeProcess(args, {
    PATH: env['PATH'] ?? '',
    HOME: env['HOME'] ?? '',
    ...options.env,
  });
  const before = cwd();
  if (options.cwd !== undefined) chdir(options.cwd);
  try {
    const exitCode = await main(process);
    return { exitCode, stdout: process.stdout.text, stderr: process.stderr.text };
  } finally {
    chdir(before);
  }
}
