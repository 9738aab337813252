import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processesIn } from '../../src/observe/process-identity.ts';
import { takeDown } from '../../src/stack/lifecycle/down.ts';
import type { ServiceStatus, StackStatus } from '../../src/stack/status.ts';
import { runCli } from '../support/run-cli.ts';
import { isLook, runbookSteps, type Step } from '../support/runbook-steps.ts';

// The commands of the runbooks of a stack are typed as they stand there, at one stack in the directory that commands take by
// themselves. What stands on several pages is typed once; test/support/runbook-steps.ts says what else is left out, and why.

const BIN = fileURLToPath(new URL('../../bin/relay-bench.js', import.meta.url));

function serviceIn({ services }: StackStatus, wanted: string): ServiceStatus {
  const found = services.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`the stack has no ${wanted}`);
  return found;
}

async function statusNow(): Promise<StackStatus> {
  const { stdout } = await runCli(['stack', 'status', '--json'], { env: environment() });
  return JSON.parse(stdout) as StackStatus;
}

/**
 * `npx` of the documentation: this program at once, and runs that are as short as can be and whose verdict is left open, because a
 * busy machine decides it.
 */
const NPX = `#!/bin/bash
shift
if [ "$1" != run ]; then exec '${execPath}' '${BIN}' "$@"; fi
'${execPath}' '${BIN}' "$@" --duration 2s --warmup 0s --workers 1 --no-default-gates --progress none
code=$?
if [ $code = 99 ] || [ $code = 103 ]; then exit 0; fi
exit $code
`;

let parent = '';
const stackOf = (): string => join(parent, 'relay-bench', 'stack');

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'relay-bench-runbooks-'));
  await chmod(parent, 0o755);
  await mkdir(join(parent, 'bin'));
  await writeFile(join(parent, 'bin', 'npx'), NPX, { mode: 0o755 });
  const up = await runCli(['stack', 'up', 'scaled'], { env: environment() });
  expect(up, up.stderr).toMatchObject({ exitCode: 0 });
}, 120_000);

afterAll(async () => {
  await takeDown(stackOf(), { keep: false });
  expect(processesIn(stackOf())).toEqual([]);
  await rm(parent, { recursive: true, force: true });
}, 60_000);

function environment(): Record<string, string> {
  return {
    PATH: [join(parent, 'bin'), process.env['PATH'] ?? ''].join(delimiter),
    XDG_STATE_HOME: parent,
  };
}

interface Typed {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a shell says that stops at the first command that fails. */
async function typed(script: string): Promise<Typed> {
  const child = spawn('bash', ['-e', '-c', script], {
    cwd: parent,
    env: { HOME: process.env['HOME'] ?? '', ...environment() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.stderr += text;
  });
  try {
    await once(child, 'close');
    return { exitCode: child.exitCode, ...texts };
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  }
}

/** What was acknowledged by a primary that was killed may be lost with durability async, as its page says. */
const MAY_BE_LOST = /\baudit reports\/failover\//;

/** Types a step, and tells what it has printed. */
async function take({ where, script }: Step): Promise<string> {
  const { exitCode, stdout, stderr } = await typed(script);
  const codes = MAY_BE_LOST.test(script) ? [0, 99] : [0];
  expect(codes, `${where}: ${script}\n${stdout}${stderr}`).toContain(exitCode);
  expect(stderr, where).not.toMatch(/^error:|Warning:/m);
  return stdout;
}

/** Types steps one after the other, those that only look side by side. @returns what each has printed, by its script */
async function takeAll(steps: readonly Step[]): Promise<ReadonlyMap<string, string>> {
  const printed = new Map<string, string>();
  const looks: Step[] = [];
  const look = async (): Promise<void> => {
    const texts = await Promise.all(looks.map(async (step) => [step.script, await take(step)] as const));
    for (const [script, text] of texts) printed.set(script, text);
    looks.length = 0;
  };
  for (const step of steps) {
    if (isLook(step)) looks.push(step);
    if (isLook(step) && looks.length < AT_ONCE) continue;
    await look();
    if (!isLook(step)) printed.set(step.script, await take(step));
  }
  await look();
  return printed;
}

const AT_ONCE = 3;

describe('the runbooks of a stack', () => {
  const { before, restart, after } = runbookSteps();

  test('see a failover, a reconnect storm, a replica that is behind, and restart one part after the other', {
    timeout: 300_000,
  }, async () => {
    await takeAll(before);
    const status = await statusNow();
    expect(status.failovers.length).toBeGreaterThanOrEqual(2);
    expect(status.failovers[0]).toMatchObject({ from: 'postgres-1' });
    expect(serviceIn(status, 'haproxy').restarts).toBe(1);
    expect(serviceIn(status, 'relay-1').restarts).toBe(1);
    const replicas = status.services.filter(({ role }) => role === 'Postgres replica');
    expect(replicas.map(({ problem }) => problem)).toEqual([null, null]);
  });

  test('bring it back with more relays and replicas, other caches and settings, and show that it works', {
    timeout: 300_000,
  }, async () => {
    await takeAll(restart);
    const printed = await takeAll(after);
    const status = await statusNow();
    expect(serviceIn(status, 'relay-4').problem).toBeNull();
    expect(serviceIn(status, 'postgres-4')).toMatchObject({ role: 'Postgres replica', problem: null });
    expect(printed.get('npx relay-bench stack logs postgres-4')).toContain(
      'started streaming WAL from primary',
    );
    expect(printed.get('npx relay-bench stack explain --top 5')).toMatch(/calls · total/);
    expect(status).toMatchObject({
      cache: 'l1',
      settings: {
        ...{ 'postgres.work_mem': '16MB', 'relay.pool': '8', 'relay.max-connections': '20000' },
        'postgres.max_wal_size': '256MB',
      },
    });
    const { figures } = serviceIn(status, 'relay-1');
    expect(figures['l1Misses_total']).toBeDefined();
    expect(figures['l2Misses_total']).toBeUndefined();
  });
});
