import { getuid } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { Readable } from 'node:stream';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { findPackageManager, installCommands } from '../../stack/install.ts';
import { installPackages } from '../../stack/install-packages.ts';
import { examinePrograms, packagesOf } from '../../stack/missing-packages.ts';
import type { CommandHost } from '../host.ts';
import type { Io } from '../io.ts';

/** `stack install`: install what a stack needs and this machine lacks. */
export async function runInstall({ yes }: { readonly yes: boolean }, { io }: CommandHost): Promise<void> {
  const path = io.env['PATH'] ?? '';
  const packages = packagesOf(await examinePrograms(path));
  if (packages.length === 0) {
    io.stdout.write('everything that a stack needs is installed\n');
    return;
  }
  const asRoot = getuid?.() === 0;
  const isAgreed = yes || asRoot || io.env['CI'] === 'true';
  const manager = findPackageManager(path);
  const commands = manager === null ? [] : installCommands(manager, packages, asRoot);
  if (!isAgreed && commands.length > 0) {
    await agree(
      commands.map((command) => command.join(' ')),
      io,
    );
  }
  await installPackages({
    packages,
    path,
    asRoot,
    onCommand: (command) => io.stderr.write(`$ ${command.join(' ')}\n`),
  });
  const still = (await examinePrograms(path)).flatMap((finding) => (finding.ok ? [] : [finding.problem]));
  if (still.length > 0) throw stillMissing(still);
  io.stdout.write(`installed ${packages.join(', ')}\n`);
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
