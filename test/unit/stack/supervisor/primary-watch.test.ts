import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { identifyProcess } from '../../../../src/observe/process-identity.ts';
import type { Service } from '../../../../src/stack/state.ts';
import { PrimaryWatch } from '../../../../src/stack/supervisor/primary-watch.ts';
import { Inertness, type ReadDoings } from '../../../../src/stack/supervisor/silence.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const LOOK_MS = 50;

/** A process that lives as long as the test, as if it were a Postgres. */
async function running(): Promise<{ node: Service; end: () => Promise<void> }> {
  const dir = join(await tempDir(), 'postgres-1');
  await mkdir(dir);
  const child = spawn('sleep', ['60'], { cwd: dir });
  const ended = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  await writeFile(join(dir, 'pid.json'), JSON.stringify(identifyProcess(child.pid ?? 0)));
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return { node: { name: 'postgres-1', kind: 'postgres', role: '', dependsOn: [], dir, ports: {} }, end };
}

/** Looks every 50 ms at a server that has said nothing since 0, until it is given up or a minute has passed. */
async function untilLost(doing: (atMs: number) => { state: string; ticks: number }, lateLookMs = 0) {
  const { node, end } = await running();
  const clock = { ms: 0 };
  const read: ReadDoings = () => new Map([[1, doing(clock.ms)]]);
  const watch = new PrimaryWatch({
    inertness: new Inertness(read, () => clock.ms),
    nowMs: () => clock.ms,
  });
  while (!watch.look({ node, silentMs: clock.ms }) && clock.ms < 60_000) {
    clock.ms += clock.ms === 1_000 ? Math.max(LOOK_MS, lateLookMs) : LOOK_MS;
  }
  return { lostMs: clock.ms, watch, node, end };
}

describe('a primary that says nothing', () => {
  test('is given up after little more than a second where it does nothing at all', async () => {
    const { lostMs } = await untilLost(() => ({ state: 'T', ticks: 7 }));
    expect(lostMs).toBeGreaterThan(1_000);
    expect(lostMs).toBeLessThanOrEqual(1_300);
  });

  test.each([
    ['computes', (atMs: number) => ({ state: 'S', ticks: Math.floor(atMs / 200) })],
    ['waits for a core', () => ({ state: 'R', ticks: 7 })],
    ['waits for the disk', () => ({ state: 'D', ticks: 7 })],
  ])('is given up after five seconds where it %s', async (_, doing) => {
    const { lostMs } = await untilLost(doing);
    expect(lostMs).toBeGreaterThan(5_000);
    expect(lostMs).toBeLessThanOrEqual(5_100);
  });

  test('is not blamed for the time in which nobody listened', async () => {
    const { lostMs } = await untilLost(() => ({ state: 'T', ticks: 7 }), 10_000);
    expect(lostMs).toBeGreaterThan(11_000);
    expect(lostMs).toBeLessThanOrEqual(11_400);
  });

  test('is lost at once where its process has ended', async () => {
    const { watch, node, end } = await untilLost(() => ({ state: 'T', ticks: 7 }));
    expect(watch.look({ node, silentMs: 0 })).toBe(false);
    await end();
    expect(watch.look({ node, silentMs: 0 })).toBe(true);
  });
});
