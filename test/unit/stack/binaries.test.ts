import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  findPrograms,
  isAtLeast,
  missingAmong,
  OBSERVER,
  type ProgramCheck,
  parseVersion,
  programsFor,
  requirePrograms,
} from '../../../src/stack/binaries.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** A program that says it is some version. */
async function fake(directory: string, name: string, says: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, name);
  await writeFile(path, `#!/bin/sh\necho '${says}'\n`);
  await chmod(path, 0o755);
}

describe('programs of a stack', () => {
  test.each([
    ['postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)', '15.18'],
    ['pg_basebackup (PostgreSQL) 17beta1', '17'],
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64', '7.0.15'],
    ['HAProxy version 2.6.12-1+deb12u2 2025/04/25 - https://haproxy.org/', '2.6.12'],
    ['prometheus, version 2.42.0+ds (branch: debian/sid, revision: 2.42.0+ds-5+deb12u1)', '2.42.0'],
    ['something else', null],
  ])('the version of "%s" is %s', (text, version) => {
    expect(parseVersion(text)).toBe(version);
  });

  test.each([
    ['15.18', 14, true],
    ['13.9', 14, false],
    ['6.2.1', 6.2, true],
    ['6.0.16', 6.2, false],
    ['7', 6.2, true],
  ])('%s against %d', (version, needs, isEnough) => {
    expect(isAtLeast(version, needs)).toBe(isEnough);
  });

  test('are found on PATH before anywhere else', async () => {
    const dir = await tempDir();
    await fake(dir, 'haproxy', 'HAProxy version 9.9.9');
    const [finding] = await findPrograms(['haproxy'], `${dir}${delimiter}/nowhere`);
    expect(finding).toEqual({
      ok: true,
      name: 'haproxy',
      program: { path: join(dir, 'haproxy'), version: '9.9.9' },
    });
  });

  test('where only the Postgres of npm will do and is not there, the advice is how to get that', async () => {
    await expect(requirePrograms(['postgres'], '/usr/bin', '/nowhere')).rejects.toMatchObject({
      code: 'STACK_BINARY_MISSING',
      hint: expect.stringContaining('stack install --postgres npm'),
    });
  });

  test('a Postgres without pg_basebackup will do where there is no other', async () => {
    const home = await tempDir();
    for (const name of ['postgres', 'initdb']) await fake(home, name, `${name} (PostgreSQL) 16.14`);
    const found = await requirePrograms(['postgres', 'initdb', 'pg_basebackup'], '/nowhere', home);
    expect(found).toEqual({ postgres: join(home, 'postgres'), initdb: join(home, 'initdb') });
  });

  test('those of Postgres come from one directory that has them all', async () => {
    const dir = await tempDir();
    const [half, whole] = [join(dir, 'half'), join(dir, 'whole')];
    await fake(half, 'postgres', 'postgres (PostgreSQL) 18.1');
    for (const name of ['postgres', 'initdb', 'pg_basebackup']) {
      await fake(whole, name, `${name} (PostgreSQL) 17.2`);
    }
    const findings = await findPrograms(['postgres', 'initdb'], `${half}${delimiter}${whole}`);
    expect(findings).toMatchObject([
      { program: { path: join(whole, 'postgres') } },
      { program: { path: join(whole, 'initdb') } },
    ]);
  });

  test('one that is too old is a failure with the version that is needed', async () => {
    const dir = await tempDir();
    await fake(dir, 'haproxy', 'HAProxy version 1.8.30');
    await expect(requirePrograms(['haproxy'], dir)).rejects.toMatchObject({
      code: 'STACK_BINARY_MISSING',
      exitCode: 3,
      message: expect.stringMatching(/version 1\.8\.30, 2\.4 or newer is needed/),
    });
  });

  test('one that can not be run is a failure', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, 'haproxy'), 'no program at all');
    await chmod(join(dir, 'haproxy'), 0o755);
    await expect(requirePrograms(['haproxy'], dir)).rejects.toThrow(/does not report its version/);
  });

  test('only what the services need is asked for', () => {
    expect(programsFor(new Set(['relay', 'redis-cache']))).toEqual(['redis-server']);
    expect(programsFor(new Set(['relay', 'prometheus']))).toEqual([OBSERVER]);
  });

  test('a stack can do without Prometheus, one that is observed can not', async () => {
    const lacking: ProgramCheck = {
      ...{ ok: false, name: 'prometheus', problem: 'prometheus is not installed', isOptional: true },
    };
    expect(missingAmong([lacking])).toEqual([]);
    expect(missingAmong([lacking], [OBSERVER])).toEqual([lacking]);
    const dir = await tempDir();
    await fake(dir, 'prometheus', 'prometheus, version 1.8.2');
    await fake(dir, 'apt-get', '');
    await expect(requirePrograms([OBSERVER], dir)).rejects.toMatchObject({
      code: 'STACK_BINARY_MISSING',
      message: expect.stringMatching(/version 1\.8\.2, 2\.24 or newer is needed/),
      hint: expect.stringContaining('`relay-bench stack install --observe`, or `sudo apt-get install'),
    });
  });
});
