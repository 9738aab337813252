import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { SECRET_ROLES, secretName } from '../../src/stack/compose/compose-service.ts';
import { STACK_PROFILES } from '../../src/stack/topology.ts';
import { runCli } from '../support/run-cli.ts';
import { tempDir } from '../support/temp-dir.ts';

const run = promisify(execFile);
/** As its head has them made. */
const SECRETS = Object.fromEntries(SECRET_ROLES.map((role) => [secretName(role), 'ab'.repeat(32)]));

interface ComposeService {
  readonly command?: readonly string[];
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string>>;
}

interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
}

/** The file as the classic docker-compose understands it. @throws where it refuses the file */
async function validated(path: string): Promise<ComposeFile> {
  const { stdout } = await run('docker-compose', ['-f', path, 'config'], {
    env: { PATH: process.env['PATH'], ...SECRETS },
  });
  return parse(stdout) as ComposeFile;
}

/** @throws where HAProxy finds a mistake in the configuration */
async function acceptedByHaproxy(config: string): Promise<void> {
  const path = join(await tempDir(), 'haproxy.cfg');
  await writeFile(path, config);
  await run('haproxy', ['-c', '-f', path], { env: { PATH: `${process.env['PATH']}:/usr/sbin` } });
}

describe('stack compose', () => {
  test.each([...STACK_PROFILES.map((profile) => [profile]), ['scaled', '--relays', '5', '--replicas', '0']])(
    '%s %s %s %s %s is valid for docker-compose',
    async (...args) => {
      const out = join(await tempDir(), 'compose.yml');
      const printed = await runCli(['stack', 'compose', ...args]);
      expect(printed, printed.stderr).toMatchObject({ exitCode: 0, stderr: '' });
      await writeFile(out, printed.stdout);
      const { services } = await validated(out);
      const builds = Object.values(services).flatMap(({ build }) => (build === undefined ? [] : [build]));
      expect(builds.length).toBeGreaterThan(0);
      // The image can be built: its recipe and what it copies are where the file says.
      for (const name of ['haproxy', 'haproxy-db']) {
        const config = services[name]?.environment?.['CONFIG'];
        if (config !== undefined) await acceptedByHaproxy(config);
      }
      for (const { context, dockerfile } of builds) {
        for (const file of [dockerfile, 'package.json', 'dist/relay/main.js']) {
          expect(existsSync(join(context, file)), file).toBe(true);
        }
      }
    },
  );

  test('docker-compose refuses what is no Compose file: the check can fail', async () => {
    const out = join(await tempDir(), 'compose.yml');
    const { stdout } = await runCli(['stack', 'compose', 'single']);
    await writeFile(out, stdout.replace('healthcheck:', 'healthchecks:'));
    await expect(validated(out)).rejects.toThrow('healthchecks');
  });

  test('docker-compose starts nothing without the passwords', async () => {
    const out = join(await tempDir(), 'compose.yml');
    const { stdout } = await runCli(['stack', 'compose', 'single']);
    await writeFile(out, stdout);
    const env = { PATH: process.env['PATH'] };
    await expect(run('docker-compose', ['-f', out, 'config'], { env })).rejects.toThrow(
      'RELAY_BENCH_POSTGRES',
    );
  });

  test('the configuration of Redis gets its passwords in the container, and no other', async () => {
    const out = join(await tempDir(), 'compose.yml');
    await writeFile(out, (await runCli(['stack', 'compose', 'scaled'])).stdout);
    const { services } = await validated(out);
    const { command = [], environment = {} } = services['pubsub'] ?? {};
    const config = join(await tempDir(), 'redis.conf');
    // As the container runs it, but with its file here, and without the server.
    const script = String(command[2])
      .replaceAll('$$', '$')
      .replaceAll('/tmp/redis.conf', config)
      .replace('exec redis-server', 'exec test -s');
    await run('sh', ['-c', script], { env: { PATH: process.env['PATH'], ...environment } });
    const lines = (await readFile(config, 'utf8')).split('\n').filter((line) => line.startsWith('user '));
    expect(lines).toHaveLength(4);
    for (const user of ['admin', 'relay', 'supervisor']) {
      expect(lines.join('\n')).toContain(`user ${user} on >${'ab'.repeat(32)} `);
    }
  });

  test('--out writes the same text to a file, and names one that can not be written', async () => {
    const out = join(await tempDir(), 'compose.yml');
    const written = await runCli(['stack', 'compose', 'single', '--out', out]);
    expect(written).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('not exercised') });
    const printed = await runCli(['stack', 'compose', 'single']);
    expect(await readFile(out, 'utf8')).toBe(printed.stdout);
    const refused = await runCli(['stack', 'compose', 'single', '--out', join(out, 'below-a-file')]);
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("can't be written") });
  });
});
