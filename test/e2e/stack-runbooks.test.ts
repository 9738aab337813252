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
import { commandBlocks } from '../support/doc-commands.ts';
import { runCli } from '../support/run-cli.ts';

// Every command of the runbooks of a stack is typed as it stands there, one page after the other, at one stack in the
// directory that commands take by themselves.

const BIN = fileURLToPath(new URL('../../bin/relay-bench.js', import.meta.url));

/** In this order: replicas can't be taken away again. */
const PAGES = [
  'failover',
  'reconnect-storm',
  'replication-lag',
  'upgrade-without-downtime',
  'scale-out-relays',
  'tune-the-caches',
  'slow-queries',
  'connection-limits',
  'disk-full',
  'add-a-replica',
] as const;

/** What the commands of a page have brought about: of the stack as it is then, and of what the last block printed. */
type Effect = (status: StackStatus, printed: string) => void;

const EFFECTS: Readonly<Record<(typeof PAGES)[number], Effect>> = {
  failover: ({ failovers }) => expect(failovers).toMatchObject([{ from: 'postgres-1' }]),
  'reconnect-storm': (status) => expect(serviceIn(status, 'haproxy').restarts).toBe(1),
  'replication-lag': ({ services }) => {
    const replicas = services.filter(({ role }) => role === 'Postgres replica');
    expect(replicas.map(({ figures }) => figures['replayLag_ms'])).toEqual([0, 0]);
  },
  'upgrade-without-downtime': (status) => {
    expect(status.failovers).toHaveLength(2);
    for (const name of ['relay-1', 'relay-2', 'relay-3']) expect(serviceIn(status, name).restarts).toBe(1);
  },
  'scale-out-relays': (status, printed) => {
    expect(serviceIn(status, 'relay-4').problem).toBeNull();
    expect(printed).toContain('relay-4');
  },
  'tune-the-caches': (status) => {
    expect(status.cache).toBe('l1');
    const { figures } = serviceIn(status, 'relay-1');
    expect(figures['l1Misses_total']).toBeDefined();
    expect(figures['l2Misses_total']).toBeUndefined();
  },
  'slow-queries': ({ settings }, printed) => {
    expect(settings).toMatchObject({ 'postgres.work_mem': '16MB', 'relay.pool': '8' });
    expect(printed).toMatch(/calls · total/);
  },
  'connection-limits': ({ settings }) => expect(settings).toMatchObject({ 'relay.max-connections': '20000' }),
  'disk-full': ({ settings }) => expect(settings).toMatchObject({ 'postgres.max_wal_size': '256MB' }),
  'add-a-replica': (status, printed) => {
    expect(serviceIn(status, 'postgres-4')).toMatchObject({ role: 'Postgres replica', problem: null });
    expect(printed).toContain('started streaming WAL from primary');
  },
};

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

describe('the runbooks of a stack', () => {
  test.each(PAGES)(
    '%s: every command works and does what the page says',
    { timeout: 180_000 },
    async (name) => {
      const blocks = commandBlocks(`docs/runbooks/${name}.md`);
      expect(blocks.filter(({ onStack }) => !onStack)).toEqual([]);
      expect(blocks.length).toBeGreaterThanOrEqual(3);
      let shown = '';
      for (const { where, script } of blocks) {
        const { exitCode, stdout, stderr } = await typed(script);
        expect(MAY_BE_LOST.test(script) ? [0, 99] : [0], `${where}: ${stdout}${stderr}`).toContain(exitCode);
        expect(stderr, where).not.toMatch(/^error:|Warning:/m);
        shown = stdout;
      }
      EFFECTS[name](await statusNow(), shown);
    },
  );
});
