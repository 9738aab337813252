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
 * `npx` of the documentation: this program at once, and runs that are as short as can be, whose verdict is left open, because a busy
 * machine decides it, and that are audited where a page audits them.
 */
const NPX = `#!/bin/bash
shift
if [ "$1" != run ]; then exec '${execPath}' '${BIN}' "$@"; fi
audit=--no-audit
for folder in $AUDITED; do case "$*" in *"$folder"*) audit=--audit;; esac; done
rm -f "$PROGRESS"
'${execPath}' '${BIN}' "$@" --duration 3s --warmup 0s --workers 1 --no-default-gates $audit --progress json 2> "$PROGRESS"
code=$?
if [ $code = 99 ] || [ $code = 103 ]; then exit 0; fi
grep -v '^{' "$PROGRESS" >&2
exit $code
`;

/** `sleep 3` of the documentation waits until the load is there, which takes longer on a machine that is busy. */
const SLEEP = `#!/bin/bash
if [ "$1" != 3 ]; then exec /bin/sleep "$1"; fi
for attempt in {1..600}; do
  if grep -q '"started"' "$PROGRESS" 2> /dev/null; then exec /bin/sleep 0.5; fi
  /bin/sleep 0.1
done
echo 'the load did not begin' >&2
exit 1
`;

const STEPS = runbookSteps();
/** Folders of the runs that a page audits. */
const AUDITED = [...STEPS.before, ...STEPS.after].flatMap(({ script }) => {
  const [, folder] = /\baudit (reports\/[\w-]+)\//.exec(script) ?? [];
  return folder === undefined ? [] : [folder];
});

let parent = '';
const stackOf = (): string => join(parent, 'relay-bench', 'stack');

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'relay-bench-runbooks-'));
  await chmod(parent, 0o755);
  await mkdir(join(parent, 'bin'));
  await writeFile(join(parent, 'bin', 'npx'), NPX, { mode: 0o755 });
  await writeFile(join(parent, 'bin', 'sleep'), SLEEP, { mode: 0o755 });
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
    AUDITED: AUDITED.join(' '),
    PROGRESS: join(parent, 'progress'),
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

/** Types a step, and tells what it has printed. */
async function take({ where, script }: Step): Promise<string> {
  const { exitCode, stdout, stderr } = await typed(script);
  expect(exitCode, `${where}: ${script}\n${stdout}${stderr}`).toBe(0);
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
  test('see a failover, a reconnect storm, a replica that is behind, and restart one part after the other', {
    timeout: 300_000,
  }, async () => {
    const printed = await takeAll(STEPS.before);
    expect(printed.get('npx relay-bench stack explain --top 5')).toMatch(/calls · total/);
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
    await takeAll(STEPS.restart);
    const printed = await takeAll(STEPS.after);
    const status = await statusNow();
    expect(serviceIn(status, 'relay-4').problem).toBeNull();
    expect(serviceIn(status, 'postgres-4')).toMatchObject({ role: 'Postgres replica', problem: null });
    expect(printed.get('npx relay-bench stack logs postgres-4')).toContain(
      'started streaming WAL from primary',
    );
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
