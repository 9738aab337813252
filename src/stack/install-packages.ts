import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { type CommandLine, findPackageManager, installCommands, type SystemPackage } from './install.ts';

export interface InstallRequest {
  readonly packages: readonly SystemPackage[];
  /** PATH to look for a package manager on. */
  readonly path: string;
  readonly asRoot: boolean;
  /** Told each command before it runs. */
  readonly onCommand: (command: CommandLine) => void;
}

/**
 * Installs packages with the system's package manager; what that prints goes to stderr.
 * @throws RelayBenchError `STACK_INSTALL_FAILED` (exit 3) naming the packages
 */
export async function installPackages({ packages, path, asRoot, onCommand }: InstallRequest): Promise<void> {
  const manager = findPackageManager(path);
  if (manager === null) throw failed(packages, 'neither apt-get, dnf, apk nor brew was found');
  for (const command of installCommands(manager, packages, asRoot)) {
    onCommand(command);
    const problem = await runShown(command);
    if (problem !== null) throw failed(packages, `\`${command.join(' ')}\` ${problem}`);
  }
}

/** Runs a command before the user's eyes. @returns null, or how it failed */
async function runShown([program, ...args]: CommandLine): Promise<string | null> {
  // stdin is the terminal: sudo may ask for a password.
  const child = spawn(program, args, {
    stdio: ['inherit', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    return code === 0 ? null : `ended with ${signal ?? `exit code ${code}`}`;
  } catch (error) {
    return `could not be run: ${String(error)}`;
  }
}

function failed(packages: readonly SystemPackage[], why: string): RelayBenchError {
  return new RelayBenchError(`${packages.join(', ')} could not be installed: ${why}`, {
    code: 'STACK_INSTALL_FAILED',
    hint: `install ${packages.join(', ')} by hand`,
    exitCode: EXIT.unreachable,
  });
}
