// Installs the servers that tests start, where they are missing: as root or with CI=true at once, otherwise after
// one question. Fails naming the exact package where that is impossible; nothing is skipped.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env, getuid, stderr, stdin } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { findPackageManager, installCommands, type SystemPackage } from '../../src/stack/install.ts';
import { carryOut, planInstallation } from '../../src/stack/install-packages.ts';
import { examinePrograms, packagesOf } from '../../src/stack/missing-packages.ts';
import { BROWSER_NAMES } from '../support/browser.ts';

/** Programs of tests that no stack needs, by the names under which they may be found. */
const TEST_PROGRAMS: readonly { readonly package: SystemPackage; readonly names: readonly string[] }[] = [
  { package: 'chromium', names: BROWSER_NAMES },
  // Checks Compose files without a Docker.
  { package: 'docker-compose', names: ['docker-compose'] },
];

const PATH = env['PATH'] ?? '';

function isOnPath(name: string): boolean {
  return PATH.split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function missingPackages(): Promise<SystemPackage[]> {
  const tools = TEST_PROGRAMS.filter(({ names }) => !names.some(isOnPath));
  return [...packagesOf(await examinePrograms(PATH)), ...tools.map((tool) => tool.package)];
}

async function isAgreed(packages: readonly SystemPackage[], asRoot: boolean): Promise<boolean> {
  if (asRoot || env['CI'] === 'true') return true;
  const manager = findPackageManager(PATH);
  if (manager === null) return true;
  const commands = installCommands(manager, packages, asRoot).map((command) => command.join(' '));
  const lines = createInterface({ input: stdin, output: stderr });
  const answer = await lines.question(`tests: to be run:\n  ${commands.join('\n  ')}\ncontinue? [y/N] `);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Vitest calls this once, before the first test of the projects that name it. */
export async function setup(): Promise<void> {
  const packages = await missingPackages();
  if (packages.length === 0) return;
  stderr.write(`tests: ${packages.join(', ')} are missing on this machine and will be installed\n`);
  const asRoot = getuid?.() === 0;
  if (!(await isAgreed(packages, asRoot))) throw new Error(`tests need ${packages.join(', ')}`);
  const plan = planInstallation({ packages, path: PATH, asRoot, directory: '', postgres: 'system' });
  await carryOut(plan, (command) => stderr.write(`tests: $ ${command.join(' ')}\n`));
  const missing = await missingPackages();
  if (missing.length > 0) throw new Error(`still missing after the installation: ${missing.join(', ')}`);
}
