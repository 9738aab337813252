import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stackTarget } from '../../src/fault/stack-target.ts';
import { strike } from '../../src/fault/strike.ts';
import { processesIn } from '../../src/observe/process-identity.ts';
import { readRunRecord } from '../../src/record/read.ts';
import { withAdmin } from '../../src/stack/postgres/client.ts';
import { findProcess } from '../../src/stack/processes.ts';
import { entryOf, readState, type Service, type StackState } from '../../src/stack/state.ts';
import { Client } from '../conformance/client.ts';
import { eventually } from '../support/eventually.ts';
import { runCli, startCli } from '../support/run-cli.ts';
import { stackDir } from '../support/stack-dir.ts';

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

/** `S`, `R` run, `T` is stopped; empty where it has gone. */
function processState(service: Service): string {
  const pid = findProcess(service)?.pid ?? 0;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  } catch {
    return '';
  }
}

async function isPaused(replica: Service): Promise<boolean> {
  const rows = await withAdmin(replica, (ask) =>
    ask<{ state: string }>('SELECT pg_get_wal_replay_pause_state() AS state'),
  );
  return rows[0]?.state !== 'not paused';
}

const SMALL = ['--relays', '2', '--replicas', '1'];

describe('stack fault', () => {
  test('breaks parts of a stack, undoes what lasts, and says in one line what it can’t do', async () => {
    const dir = await stackDir();
    const fault = (...args: readonly string[]) => runCli(['stack', 'fault', ...args, '--dir', dir]);
    expect(await fault('kill', 'relay/1')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('there is no stack in'),
    });
    const up = await runCli(['stack', 'up', 'scaled', '--dir', dir, '--faultable', ...SMALL]);
    expect(up, up.stderr).toMatchObject({ exitCode: 0 });

    const pid = findProcess(serviceOf(dir, 'relay-2'))?.pid;
    expect(await fault('kill', 'relay/2')).toMatchObject({ exitCode: 0, stdout: 'kill relay-2: done\n' });
    await eventually('relay-2 is back', () => {
      const now = findProcess(serviceOf(dir, 'relay-2'))?.pid;
      return now !== undefined && now !== pid;
    });

    const balancer = findProcess(serviceOf(dir, 'haproxy-db'))?.pid;
    const killed = await fault('kill', 'haproxy-db');
    expect(killed).toMatchObject({ exitCode: 0, stdout: 'kill haproxy-db: done\n' });
    await eventually('haproxy-db is back', () => {
      const now = findProcess(serviceOf(dir, 'haproxy-db'))?.pid;
      return now !== undefined && now !== balancer;
    });

    expect(await fault('freeze', 'relay-1')).toMatchObject({
      exitCode: 0,
      stdout: 'freeze relay-1: done\nuntil: relay-bench stack fault thaw relay-1\n',
    });
    // A process that waits for a core stops when it gets one.
    await eventually('relay-1 is frozen', () => processState(serviceOf(dir, 'relay-1')) === 'T');
    expect(await fault('thaw', 'relay/1')).toMatchObject({ exitCode: 0 });
    expect(processState(serviceOf(dir, 'relay-1'))).not.toBe('T');

    const pausing = startCli(['stack', 'fault', 'pause-replay', 'replica/1', '--dir', dir]);
    await eventually('replay is paused', () => isPaused(serviceOf(dir, 'postgres-2')));
    await pausing.stop();
    await eventually('the guard has resumed it', async () => !(await isPaused(serviceOf(dir, 'postgres-2'))));

    expect(await fault('flush', 'cache')).toMatchObject({ exitCode: 0 });
    expect(await fault('drop-pubsub', 'pubsub')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/subscribers? cut/),
    });
    expect(await fault('drain', 'relay/2')).toMatchObject({ exitCode: 0, stdout: 'drain relay-2: done\n' });
    expect(await fault('delay', 'relay/1', '--latency', '20ms', '--for', '300ms')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('over after 300 ms'),
    });
    expect(await fault('fill-disk', 'postgres/1', '--most', '1MB')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('the disk of postgres-1 has'),
    });
    expect(await fault('drain', 'pubsub')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('the service is pubsub, but drain fits only relay'),
    });
    expect(await fault('kill', 'relay/9')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('the stack has 2 of relay'),
    });
    expect(await runCli(['stack', 'status', '--dir', dir])).toMatchObject({ exitCode: 0 });
  }, 240_000);

  test('lets nothing through a link that is partitioned, and everything once whoever did it has gone', async () => {
    const dir = await stackDir();
    const up = await runCli(['stack', 'up', 'scaled', '--dir', dir, '--faultable', ...SMALL]);
    expect(up, up.stderr).toMatchObject({ exitCode: 0 });
    const state = stateOf(dir);
    const order = { action: 'partition', on: 'haproxy', link: 'clients' } as const;
    const struck = await strike(order, stackTarget(state), new AbortController().signal);
    const client = new Client(entryOf(state));
    let isOpen = false;
    const opening = client.open().then(() => {
      isOpen = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(isOpen).toBe(false);
    await struck.undo?.();
    await opening;
    expect(isOpen).toBe(true);
    client.terminate();
    expect(await runCli(['stack', 'down', '--dir', dir])).toMatchObject({ exitCode: 0 });
    expect(processesIn(dir)).toEqual([]);
  }, 120_000);
});

test('a run breaks what its scenario says, and its record tells what came of it', async () => {
  const dir = await stackDir();
  const scenario = join(dirname(dir), 'broken.yaml');
  await writeFile(
    scenario,
    `name: broken
description: a relay is killed, another one frozen
connections: { count: 12 }
workloads:
  publish: { rate: 60/s }
warmup: 1s
phases: [{ name: steady, duration: 16s }]
faults:
  - { at: 4s, action: kill, on: relay/2 }
  - { at: 10s, action: freeze, on: cache/1, for: 500ms }
`,
  );
  const out = join(dirname(dir), 'out');
  const flags = [
    '--stack-dir',
    dir,
    '--out',
    out,
    '--no-default-gates',
    '--format',
    'json',
    '--workers',
    '1',
  ];
  const result = await runCli(['run', scenario, '--stack', 'scaled', ...flags]);
  expect([0, 103], result.stderr).toContain(result.exitCode);
  const { faults, intervals } = await readRunRecord(join(out, 'run.json'));
  expect(faults).toMatchObject([
    { action: 'kill', parts: ['relay-2'], problem: null, detectedBy: expect.any(String) },
    { action: 'freeze', parts: ['cache-1'], problem: null, forMs: 500 },
  ]);
  expect(faults[0]?.notices.map(({ text }) => text)).toContainEqual(expect.stringContaining('relay-2'));
  expect(faults[0]?.at).toBeCloseTo(5, 0);
  const reasons = intervals.flatMap(({ reasons: ofSecond = {} }) => Object.keys(ofSecond));
  expect(reasons.some((reason) => reason.startsWith('close_codes{'))).toBe(true);
  expect(processesIn(dir)).toEqual([]);
}, 180_000);
