import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { processesIn } from '../../src/observe/process-identity.ts';
import { readRunRecord } from '../../src/record/read.ts';
import type { ExplainReport } from '../../src/stack/explain/explain.ts';
import { inDatabase } from '../../src/stack/postgres/client.ts';
import { primaryOf } from '../../src/stack/postgres/servers.ts';
import { findProcess } from '../../src/stack/processes.ts';
import { readRoles } from '../../src/stack/roles.ts';
import { readState, type Service, type StackState } from '../../src/stack/state.ts';
import type { StackStatus } from '../../src/stack/status.ts';
import { childrenOf } from '../support/children.ts';
import { eventually } from '../support/eventually.ts';
import { historyFile, madeUpEvent } from '../support/histories.ts';
import { expectPagesToGo } from '../support/pages-through-balancer.ts';
import { runCli, startCli } from '../support/run-cli.ts';
import { stackDir } from '../support/stack-dir.ts';

const run = promisify(execFile);
const SHORT = ['--duration', '3s', '--warmup', '1s', '--connections', '12', '--rate', '40', '--workers', '1'];

function stateOf(dir: string): StackState {
  const state = readState(dir);
  if (state === null) throw new Error(`no stack in ${dir}`);
  return state;
}

function serviceOf(dir: string, name: string): Service {
  const service = stateOf(dir).services.find((each) => each.name === name);
  if (service === undefined) throw new Error(`no ${name} in ${dir}`);
  return service;
}

function pidOf(dir: string, name: string): number {
  const pid = findProcess(serviceOf(dir, name))?.pid;
  if (pid === undefined) throw new Error(`${name} does not run`);
  return pid;
}

/** Nothing runs in the directory, and it is gone. */
/** Command line of a process; empty where it is gone. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function expectNothingLeft(dir: string): void {
  expect(processesIn(dir)).toEqual([]);
  expect(existsSync(dir)).toBe(false);
}

async function statusOf(dir: string): Promise<StackStatus> {
  const { stdout } = await runCli(['stack', 'status', '--json', '--dir', dir]);
  return JSON.parse(stdout) as StackStatus;
}

describe('the scaled stack', () => {
  test('comes up, is loaded and audited, serves nothing that was deleted, survives the loss of its primary and of a relay, goes down', async () => {
    const dir = await stackDir();
    const out = join(dirname(dir), 'out');
    const up = await runCli(['stack', 'up', 'scaled', '--dir', dir]);
    expect(up, up.stderr).toMatchObject({ exitCode: 0 });
    expect(up.stdout).toMatch(/stack scaled is up after .*: ws:\/\/127\.0\.0\.1:\d+\//);
    expect(up.stderr.match(/✓/g)).toHaveLength(14);

    const run = await runCli([
      ...['run', 'quick', '--stack', 'scaled', '--stack-dir', dir, '--out', out, '--no-default-gates'],
      ...['--gate', 'lost_events == 0', '--gate', 'delivery_ratio == 100%'],
      ...['--gate', 'delivery_cross_latency count > 10', ...SHORT],
    ]);
    const record = await readRunRecord(join(out, 'run.json'));
    expect(
      record.gates.map(({ verdict }) => verdict),
      run.stderr,
    ).toEqual(['pass', 'pass', 'pass']);
    expect(record.target.kind).toBe('stack');
    expect(record.audit).toMatchObject({ relays: 3, lost: [] });
    expect(record.audit?.acknowledged).toBeGreaterThan(50);
    expect(record.components.map(({ name }) => name)).toEqual(stateOf(dir).services.map(({ name }) => name));
    for (const { name, cpu_s, samples } of record.components) {
      expect(cpu_s, name).not.toBeNull();
      expect(samples?.length, name).toBeGreaterThanOrEqual(3);
    }

    await explained(dir);
    await expectPagesToGo(stateOf(dir));
    await losePrimary(dir);
    await loseRelay(dir);
    await losses(dir, out);

    const again = await runCli(['stack', 'up', 'scaled', '--dir', dir]);
    expect(again, again.stderr).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('is up already'),
    });
    const other = await runCli(['stack', 'up', 'single', '--dir', dir]);
    expect(other).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('holds another stack') });

    const down = await runCli(['stack', 'down', '--dir', dir]);
    expect(down).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('14 services stopped') });
    expectNothingLeft(dir);
  }, 600_000);
});

/** Statements of the run are there with their plans. */
async function explained(dir: string): Promise<void> {
  const { stdout, stderr } = await runCli(['stack', 'explain', '--json', '--dir', dir]);
  const { statements, indexes } = JSON.parse(stdout) as ExplainReport;
  expect(statements.length, stderr).toBeGreaterThan(0);
  expect(statements.flatMap(({ plan }) => plan ?? []).join('\n')).toMatch(/Scan|Result|Insert/);
  expect(indexes.map(({ table }) => table)).toContain('event');
}

/** Events that do not expire: the others are removed by the relays at times of their own. */
const LASTING = 'SELECT count(*) AS n FROM event WHERE expires_at IS NULL';

/** A replica takes over; the old primary comes back as a replica. */
async function losePrimary(dir: string): Promise<void> {
  const state = stateOf(dir);
  const old = primaryOf(state);
  await replicated(old);
  const [before] = await inDatabase(old, (ask) => ask<{ n: string }>(LASTING));
  process.kill(pidOf(dir, old.name), 'SIGKILL');
  await eventually('a failover', () => readRoles(state).failovers.length === 1);
  await eventually('two replicas', async () => {
    const { services } = await statusOf(dir);
    return (
      services.filter(({ role, problem }) => role === 'Postgres replica' && problem === null).length === 2
    );
  });
  const now = primaryOf(state);
  expect(now.name).not.toBe(old.name);
  const [after] = await inDatabase(now, (ask) => ask<{ n: string }>(LASTING));
  expect(after).toEqual(before);
}

/** With asynchronous durability a commit that no replica has yet is lost with the primary, as docs/stack.md says. */
async function replicated(primary: Service): Promise<void> {
  await eventually('both replicas to have what the primary has', async () => {
    const [found] = await inDatabase(primary, (ask) =>
      ask<{ level: string }>(
        'SELECT count(*) AS level FROM pg_stat_replication WHERE flush_lsn >= pg_current_wal_flush_lsn()',
      ),
    );
    return found?.level === '2';
  });
}

async function loseRelay(dir: string): Promise<void> {
  const pid = pidOf(dir, 'relay-2');
  process.kill(pid, 'SIGKILL');
  await eventually('another relay-2', () => (findProcess(serviceOf(dir, 'relay-2'))?.pid ?? pid) !== pid);
  const { services } = await statusOf(dir);
  expect(services.find(({ name }) => name === 'relay-2')?.restarts).toBe(1);
  await eventually('all of them serve', async () =>
    (await statusOf(dir)).services.every(({ problem }) => problem === null),
  );
}

/** What the run was promised is still there; an event that nobody has is told as lost. */
async function losses(dir: string, out: string): Promise<void> {
  const record = join(out, 'run.json');
  const intact = await runCli(['audit', record, '--stack-dir', dir]);
  expect(intact, intact.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(' 0 lost') });
  const never = madeUpEvent(0, { id: 'ab'.repeat(32) });
  await copyFile(await historyFile([{ event: never }]), join(out, 'history.bin'));
  const planted = await runCli(['audit', record, '--stack-dir', dir]);
  expect(planted).toMatchObject({ exitCode: 99, stdout: expect.stringContaining('ab'.repeat(32)) });
}

describe('the single stack', () => {
  test('killed while it starts, what it has started is taken down by its guard', async () => {
    const dir = await stackDir();
    const up = startCli(['stack', 'up', 'single', '--dir', dir]);
    try {
      await eventually('a first process', () => processesIn(dir).length > 0);
    } finally {
      await up.stop();
    }
    await eventually('the end of what was started', () => processesIn(dir).length === 0 && !existsSync(dir));
    expectNothingLeft(dir);
  });

  test('killed while it starts together with its guard, it leaves nothing that down does not find', async () => {
    const dir = await stackDir();
    const up = startCli(['stack', 'up', 'single', '--dir', dir]);
    try {
      await eventually('a first process', () => processesIn(dir).length > 0);
      const children = await childrenOf(up.child.pid ?? 0);
      const guards = children.filter((pid) => commandOf(pid).includes('relay-bench-guard'));
      expect(guards).toHaveLength(1);
      for (const pid of guards) process.kill(pid, 'SIGKILL');
    } finally {
      await up.stop();
    }
    const again = await runCli(['stack', 'up', 'single', '--dir', dir]);
    expect(again).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('cut off and never finished'),
    });
    const down = await runCli(['stack', 'down', '--dir', dir]);
    expect(down, down.stderr).toMatchObject({ exitCode: 0 });
    expectNothingLeft(dir);
  });

  test('interrupted while it starts, it is gone', async () => {
    const dir = await stackDir();
    const up = startCli(['stack', 'up', 'single', '--dir', dir], { ownGroup: true });
    await eventually('a first process', () => processesIn(dir).length > 0);
    process.kill(-(up.child.pid ?? 0), 'SIGINT');
    expect(await up.result).toMatchObject({
      exitCode: 130,
      stderr: expect.stringContaining('interrupted by SIGINT'),
    });
    expectNothingLeft(dir);
  });

  test('a run that brings it up takes it down again', async () => {
    const dir = await stackDir();
    const out = join(dirname(dir), 'out');
    const args = [
      'run',
      'quick',
      '--stack',
      'single',
      '--stack-dir',
      dir,
      '--out',
      out,
      '--no-default-gates',
    ];
    const run = await runCli([...args, ...SHORT]);
    expect([0, 99, 103], run.stderr).toContain(run.exitCode);
    const record = await readRunRecord(join(out, 'run.json'));
    expect(record.audit, run.stderr).toMatchObject({ relays: 1, lost: [] });
    expectNothingLeft(dir);
  });

  test('taken down with --keep, it comes back with its data', async () => {
    const dir = await stackDir();
    expect(await runCli(['stack', 'up', 'single', '--dir', dir])).toMatchObject({ exitCode: 0 });
    await inDatabase(serviceOf(dir, 'postgres-1'), (ask) => ask('CREATE TABLE kept AS SELECT 1 AS n'));
    expect(await runCli(['stack', 'down', '--keep', '--dir', dir])).toMatchObject({ exitCode: 0 });
    expect(processesIn(dir)).toEqual([]);
    const up = await runCli(['stack', 'up', 'single', '--dir', dir]);
    expect(up, up.stderr).toMatchObject({ exitCode: 0 });
    const rows = await inDatabase(serviceOf(dir, 'postgres-1'), (ask) => ask('SELECT n FROM kept'));
    expect(rows).toEqual([{ n: 1 }]);
    const logs = await runCli(['stack', 'logs', 'postgres-1', '--dir', dir]);
    expect(logs.stdout).toContain('database system is ready to accept connections');
  });
});

/** A disk of 16 MB at a directory; where this may not be mounted, the command is told that its disk is that small. */
async function fullDisk(at: string): Promise<Record<string, string>> {
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', at]);
  } catch {
    return { NODE_OPTIONS: `--import=${new URL('../support/full-disk.mjs', import.meta.url).href}` };
  }
  onTestFinished(async () => void (await run('umount', [at])));
  return {};
}

describe('with durability sync', () => {
  test('a commit waits until a replica has it', async () => {
    const dir = await stackDir();
    const flags = ['--durability', 'sync', '--relays', '1', '--replicas', '1'];
    const up = await runCli(['stack', 'up', 'scaled', '--dir', dir, ...flags]);
    expect(up, up.stderr).toMatchObject({ exitCode: 0 });
    const primary = serviceOf(dir, 'postgres-1');
    const [sender] = await inDatabase(primary, (ask) =>
      ask<{ pid: number }>('SELECT pid FROM pg_stat_replication'),
    );
    const pid = sender?.pid ?? 0;
    process.kill(pid, 'SIGSTOP');
    let isCommitted = false;
    const commit = inDatabase(primary, (ask) => ask('CREATE TABLE waited AS SELECT 1 AS n')).finally(() => {
      isCommitted = true;
    });
    try {
      // Postgres says that it waits for a replica, and for nothing else.
      await eventually('a commit that waits', async () => {
        const waiting = await inDatabase(primary, (ask) =>
          ask(`SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'`),
        );
        return waiting.length > 0;
      });
      expect(isCommitted).toBe(false);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await commit;
    expect(isCommitted).toBe(true);
  });
});

describe('a stack that can not start', () => {
  test('because its port is in use', async () => {
    const dir = await stackDir();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const up = await runCli(['stack', 'up', 'single', '--dir', dir, '--port', String(port)]);
    expect(up).toMatchObject({ exitCode: 3, stderr: expect.stringContaining(`port ${port} of 127.0.0.1`) });
    expectNothingLeft(dir);
  });

  test('because a service does not start: the end of its log is told, all others are stopped', async () => {
    const dir = await stackDir();
    // Postgres that can be asked for its version and makes data, and then fails as on a full disk.
    const bin = join(dirname(dir), 'bin');
    await mkdir(bin);
    await writeFile(
      join(bin, 'postgres'),
      '#!/bin/sh\n[ "$1" = --version ] && echo "postgres (PostgreSQL) 15.1" && exit\necho "could not write: No space left on device"\nexit 1\n',
      { mode: 0o755 },
    );
    for (const name of ['initdb', 'pg_basebackup']) {
      await writeFile(
        join(bin, name),
        `#!/bin/sh\n[ "$1" = --version ] && echo "${name} (PostgreSQL) 15.1" && exit\nmkdir "$2"\n`,
        { mode: 0o755 },
      );
    }
    const up = await runCli(['stack', 'up', 'single', '--dir', dir], {
      env: { PATH: `${bin}:${process.env['PATH']}` },
    });
    expect(up).toMatchObject({ exitCode: 3 });
    expect(up.stderr).toContain('postgres-1 did not start: could not write: No space left on device');
    expect(up.stderr).toContain('the disk is full');
    expectNothingLeft(dir);
  });

  test('because the disk is full', async () => {
    const dir = await stackDir();
    const up = await runCli(['stack', 'up', 'single', '--dir', dir], { env: await fullDisk(dirname(dir)) });
    expect(up).toMatchObject({ exitCode: 3, stderr: expect.stringMatching(/\d+ MiB are free in .*needs/) });
    expectNothingLeft(dir);
  });

  test('because a program is too old: its version is told, and which is needed', async () => {
    const dir = await stackDir();
    const bin = join(dirname(dir), 'bin');
    await mkdir(bin);
    const old = '#!/bin/sh\necho "HA-Proxy version 1.8.19"\n';
    await writeFile(join(bin, 'haproxy'), old, { mode: 0o755 });
    const up = await runCli(['stack', 'up', 'scaled', '--dir', dir], {
      env: { PATH: `${bin}:${process.env['PATH']}` },
    });
    expect(up).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining(`${bin}/haproxy is version 1.8.19, 2.4 or newer is needed`),
    });
    expectNothingLeft(dir);
  });

  test('because its directory belongs to something else', async () => {
    const dir = await stackDir();
    await mkdir(dir);
    await writeFile(join(dir, 'thesis.txt'), 'precious');
    const up = await runCli(['stack', 'up', 'single', '--dir', dir]);
    expect(up).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('thesis.txt') });
    await runCli(['stack', 'down', '--dir', dir]);
    expect(readFileSync(join(dir, 'thesis.txt'), 'utf8')).toBe('precious');
  });

  test('where no stack is, status says so', async () => {
    const dir = await stackDir();
    const status = await runCli(['stack', 'status', '--dir', dir]);
    expect(status).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('there is no stack') });
  });
});
