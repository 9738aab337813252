// Installs the servers that tests start and the library that checks signatures, where they are missing: as root or with CI=true at once, otherwise after
// one question. Fails naming the exact package where that is impossible; nothing is skipped.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env, getuid, stderr, stdin } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { BROWSER_NAMES } from '../../scripts/chromium.mjs';
import { loadNativeSchnorr } from '../../src/nostr/schnorr-native.ts';
import { OBSERVER } from '../../src/stack/binaries.ts';
import { findPackageManager, installByName, type SystemPackage } from '../../src/stack/install.ts';
import { carryOut, type Installation } from '../../src/stack/install-packages.ts';
import { examinePrograms, packagesOf } from '../../src/stack/missing-packages.ts';

/** Programs of tests that no stack needs: their package, the same in every package manager, and what they may be called. */
const TEST_PROGRAMS: readonly { readonly package: string; readonly names: readonly string[] }[] = [
  { package: 'chromium', names: BROWSER_NAMES },
  // Checks Compose files without a Docker.
  { package: 'docker-compose', names: ['docker-compose'] },
  // Checks the unit of an agent.
  { package: 'systemd', names: ['systemd-analyze'] },
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

interface Missing {
  readonly servers: readonly SystemPackage[];
  readonly tools: readonly string[];
}

async function missingPackages(): Promise<Missing> {
  const tools = TEST_PROGRAMS.filter(({ names }) => !names.some(isOnPath));
  const servers = packagesOf(await examinePrograms(PATH), [OBSERVER]);
  const native = loadNativeSchnorr();
  // npm brings koffi; no package of the system does.
  if (!native.ok && native.missing === 'koffi') throw new Error(`tests need koffi: ${native.problem}`);
  return {
    servers: [...servers, ...(native.ok ? [] : (['libsecp256k1'] as const))],
    tools: tools.map((tool) => tool.package),
  };
}

/** @throws Error where this machine has no package manager that is known */
function installationOf({ servers, tools }: Missing, asRoot: boolean): Installation {
  const packages = [...servers, ...tools];
  const manager = findPackageManager(PATH);
  if (manager === null) throw new Error(`tests need ${packages.join(', ')}: install them by hand`);
  const names = [...servers.map((name) => manager.packages[name]), ...tools];
  return { packages, commands: installByName(manager, names, asRoot), npmDirectory: null };
}

async function isAgreed({ commands }: Installation): Promise<boolean> {
  const shown = commands.map((command) => command.join(' '));
  const lines = createInterface({ input: stdin, output: stderr });
  const answer = await lines.question(`tests: to be run:\n  ${shown.join('\n  ')}\ncontinue? [y/N] `);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Vitest calls this once, before the first test of the projects that name it. */
export async function setup(): Promise<void> {
  const missing = await missingPackages();
  if (missing.servers.length + missing.tools.length === 0) return;
  const asRoot = getuid?.() === 0;
  const plan = installationOf(missing, asRoot);
  const names = plan.packages.join(', ');
  stderr.write(`tests: ${names} are missing on this machine and will be installed\n`);
  if (!asRoot && env['CI'] !== 'true' && !(await isAgreed(plan))) throw new Error(`tests need ${names}`);
  await carryOut(plan, (command) => stderr.write(`tests: $ ${command.join(' ')}\n`));
  const still = await missingPackages();
  const left = [...still.servers, ...still.tools];
  if (left.length > 0) throw new Error(`still missing after the installation: ${left.join(', ')}`);
}
