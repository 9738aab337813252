import { getuid } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { Readable } from 'node:stream';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { missingAmong, OBSERVER } from '../../stack/binaries.ts';
import type { CommandLine } from '../../stack/install.ts';
import { carryOut, planInstallation } from '../../stack/install-packages.ts';
import { examinePrograms, packagesOf } from '../../stack/missing-packages.ts';
import type { CommandHost } from '../host.ts';
import type { Io } from '../io.ts';
import { planFaster, tryFaster } from './faster.ts';
import { npmHome, type PostgresFrom, programPath, programsDir } from './stack-dir.ts';

/** Options of `stack install`. */
export interface InstallFlags {
  readonly yes: boolean;
  readonly postgres?: PostgresFrom;
  /** Whether Prometheus is wanted, too. */
  readonly observe?: boolean;
}

/** `stack install`: install what a stack needs and this machine lacks, and what makes its relays faster. */
export async function runInstall(
  { yes, postgres, observe }: InstallFlags,
  { io }: CommandHost,
): Promise<void> {
  const path = programPath(io.env);
  const wanted = observe === true ? [OBSERVER] : [];
  const packages = packagesOf(await examinePrograms(path), wanted);
  const request = { path, asRoot: getuid?.() === 0, directory: programsDir(io.env) };
  const plan = planInstallation({ ...request, packages, postgres });
  const faster = planFaster(request);
  const commands = [...plan.commands, ...faster.commands];
  if (commands.length === 0) {
    io.stdout.write('everything that a stack needs is installed\n');
    return;
  }
  const isAgreed = yes || request.asRoot || io.env['CI'] === 'true';
  if (!isAgreed) {
    await agree(
      commands.map((command) => command.join(' ')),
      io,
    );
  }
  const onCommand = (command: CommandLine): void => void io.stderr.write(`$ ${command.join(' ')}\n`);
  await carryOut(plan, onCommand);
  const home = plan.npmDirectory === null ? undefined : npmHome(io.env);
  const still = missingAmong(await examinePrograms(path, home), wanted).map(({ problem }) => problem);
  if (still.length > 0) throw stillMissing(still);
  const problem = await tryFaster(faster, onCommand);
  if (problem !== null) io.stderr.write(`signatures are checked by WebAssembly: ${problem}\n`);
  const installed = [...plan.packages, ...(problem === null ? faster.packages : [])];
  if (installed.length > 0) io.stdout.write(`installed ${installed.join(', ')}\n`);
}

/** @throws RelayBenchError `STACK_INSTALL_DECLINED` where the answer is not yes */
async function agree(commands: readonly string[], io: Io): Promise<void> {
  io.stderr.write(`to be run:\n${commands.map((command) => `  ${command}\n`).join('')}continue? [y/N] `);
  const lines = createInterface({ input: Readable.from(io.stdin()) });
  let answer = '';
  for await (const line of lines) {
    answer = line.trim().toLowerCase();
    break;
  }
  lines.close();
  if (answer === 'y' || answer === 'yes') return;
  throw new RelayBenchError('nothing was installed', {
    code: 'STACK_INSTALL_DECLINED',
    hint: 'answer y, or run the commands yourself',
    exitCode: EXIT.unreachable,
  });
}

function stillMissing(problems: readonly string[]): RelayBenchError {
  return new RelayBenchError(`after the installation: ${problems.join('; ')}`, {
    code: 'STACK_INSTALL_FAILED',
    hint: 'the package manager offers too old a version, or put it where it is not found: see `relay-bench doctor`',
    exitCode: EXIT.unreachable,
  });
}
