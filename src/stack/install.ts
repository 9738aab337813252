import { delimiter, join } from 'node:path';
import { isExecutable } from './executable.ts';

/** A package of the operating system that a stack needs, or, libsecp256k1, that makes relays faster. */
export type SystemPackage = 'postgresql' | 'redis' | 'haproxy' | 'prometheus' | 'libsecp256k1';

/** A package manager and its names for the packages. */
export interface PackageManager {
  readonly name: 'apt-get' | 'dnf' | 'apk' | 'brew';
  /** Whether it must run as root. */
  readonly needsRoot: boolean;
  readonly install: readonly string[];
  /** To be run before the first installation; null where that is not needed. */
  readonly refresh: readonly string[] | null;
  readonly packages: Readonly<Record<SystemPackage, string>>;
}

/** In the order in which they are looked for: a Mac may have none but brew, Linux may have brew besides its own. */
export const PACKAGE_MANAGERS: readonly PackageManager[] = [
  {
    name: 'apt-get',
    needsRoot: true,
    install: ['install', '-y', '--no-install-recommends'],
    refresh: ['update'],
    packages: {
      postgresql: 'postgresql',
      redis: 'redis-server',
      haproxy: 'haproxy',
      prometheus: 'prometheus',
      // The library itself has a version in its name, which differs from release to release; this one brings it.
      libsecp256k1: 'libsecp256k1-dev',
    },
  },
  {
    name: 'dnf',
    needsRoot: true,
    install: ['install', '-y'],
    refresh: null,
    packages: {
      postgresql: 'postgresql-server',
      redis: 'redis',
      haproxy: 'haproxy',
      prometheus: 'golang-github-prometheus',
      libsecp256k1: 'libsecp256k1',
    },
  },
  {
    name: 'apk',
    needsRoot: true,
    install: ['add'],
    refresh: ['update'],
    packages: {
      postgresql: 'postgresql',
      redis: 'redis',
      haproxy: 'haproxy',
      prometheus: 'prometheus',
      libsecp256k1: 'libsecp256k1',
    },
  },
  {
    name: 'brew',
    needsRoot: false,
    install: ['install'],
    refresh: null,
    packages: {
      postgresql: 'postgresql@16',
      redis: 'redis',
      haproxy: 'haproxy',
      prometheus: 'prometheus',
      libsecp256k1: 'secp256k1',
    },
  },
];

/** One command to run, its program first. */
export type CommandLine = readonly [string, ...string[]];

/** The package manager of this machine, or null. @param path the PATH to search */
export function findPackageManager(path: string): PackageManager | null {
  const has = (name: string): boolean =>
    path.split(delimiter).some((directory) => directory !== '' && isExecutable(join(directory, name)));
  return PACKAGE_MANAGERS.find(({ name }) => has(name)) ?? null;
}

/**
 * The commands that install `packages`.
 * @param asRoot false puts `sudo` in front where the manager must run as root
 */
export function installCommands(
  manager: PackageManager,
  packages: readonly SystemPackage[],
  asRoot: boolean,
): CommandLine[] {
  return installByName(
    manager,
    packages.map((name) => manager.packages[name]),
    asRoot,
  );
}

/** As {@link installCommands}, for packages by the names that the manager gives them. */
export function installByName(
  manager: PackageManager,
  names: readonly string[],
  asRoot: boolean,
): CommandLine[] {
  const sudo = manager.needsRoot && !asRoot;
  const command = (args: readonly string[]): CommandLine =>
    sudo ? ['sudo', manager.name, ...args] : [manager.name, ...args];
  return [
    ...(manager.refresh === null ? [] : [command(manager.refresh)]),
    command([...manager.install, ...names]),
  ];
}

/** What to tell someone who lacks `packages`. */
export function installAdvice(packages: readonly SystemPackage[], path: string): string {
  const manager = findPackageManager(path);
  if (manager === null) {
    const npm = packages.includes('postgresql') ? '; `relay-bench stack install` gets Postgres from npm' : '';
    return `install ${packages.join(', ')}; neither apt-get, dnf, apk nor brew was found on this machine${npm}`;
  }
  const last = installCommands(manager, packages, false).at(-1) ?? [];
  const observe = packages.includes('prometheus') ? ' --observe' : '';
  return `run \`relay-bench stack install${observe}\`, or \`${last.join(' ')}\``;
}
