import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { identifyProcess } from '../../../../src/observe/process-identity.ts';
import { type Service, servicesOfKind } from '../../../../src/stack/state.ts';
import type { DatabaseAnswer, DatabaseWatch } from '../../../../src/stack/supervisor/database-watch.ts';
import { mostAdvanced } from '../../../../src/stack/supervisor/failover.ts';
import { sampleStack } from '../../../support/sample-stack.ts';
import { tempDir } from '../../../support/temp-dir.ts';

function replica(walBytes: number, isReplica = true): DatabaseAnswer {
  return { isReplica, walBytes, isStreaming: false };
}

function watch(node: Service, askNow: () => Promise<DatabaseAnswer>): DatabaseWatch {
  return { node, askNow } as unknown as DatabaseWatch;
}

async function away(): Promise<never> {
  throw new Error('refused');
}

/** Three servers of Postgres on paper. */
async function nodes(): Promise<[Service, Service, Service]> {
  const dir = await tempDir();
  return servicesOfKind(await sampleStack('scaled', { dir }), 'postgres') as [Service, Service, Service];
}

describe('the replica that takes over', () => {
  test('is the one that has received most', async () => {
    const [a, b, c] = await nodes();
    const watches = [watch(a, async () => replica(1)), watch(b, async () => replica(3))];
    expect((await mostAdvanced([...watches, watch(c, async () => replica(2))]))?.node).toBe(b);
  });

  test('is none that takes itself for a primary, and none that has ended', async () => {
    const [a, b, c] = await nodes();
    const watches = [watch(a, async () => replica(9, false)), watch(b, away)];
    expect(await mostAdvanced(watches)).toBeNull();
    expect((await mostAdvanced([...watches, watch(c, async () => replica(2))]))?.node).toBe(c);
  });

  test('is waited for while its process lives: it may be the only one with the last commits', async () => {
    const [a, b] = await nodes();
    await mkdir(b.dir, { recursive: true });
    const server = spawn('sleep', ['60'], { cwd: b.dir });
    onTestFinished(() => void server.kill('SIGKILL'));
    await once(server, 'spawn');
    await writeFile(join(b.dir, 'pid.json'), JSON.stringify(identifyProcess(server.pid ?? 0)));
    let asked = 0;
    const slow = watch(b, async () => (++asked < 3 ? await away() : replica(2)));
    expect((await mostAdvanced([watch(a, async () => replica(1)), slow]))?.node).toBe(b);
    expect(asked).toBe(3);
  });
});
