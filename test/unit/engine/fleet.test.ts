import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runPlan } from '../../../src/engine/coordinator.ts';
import { Fleet } from '../../../src/engine/fleet.ts';
import { LocalTransport } from '../../../src/engine/local-transport.ts';
import { samplePlan } from '../../support/sample-plan.ts';

// A machine that refuses another process: `fork` then has an error and no exit.
const { execPath } = process;
beforeEach(() => {
  process.execPath = '/no/such/node';
});
afterEach(() => {
  process.execPath = execPath;
  vi.restoreAllMocks();
});

test('workers that can not be started are lost workers, and their end is not waited for', async () => {
  const fleet = new Fleet({ count: 2, transport: new LocalTransport(), onMessage: () => undefined });
  expect(await fleet.all('done')).toEqual([]);
  expect(fleet.losses).toMatchObject([
    { index: 0, wasStarted: false, reason: expect.stringContaining('ENOENT') },
    { index: 1, wasStarted: false },
  ]);
  expect({ live: fleet.live, pids: fleet.pids }).toEqual({ live: [], pids: [] });
  await fleet.end();
});

test('a run whose workers can not be started ends and says what to do', async () => {
  const run = runPlan({
    plan: samplePlan(),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  await expect(run).rejects.toMatchObject({
    code: 'WORKER_NOT_STARTED',
    exitCode: 103,
    message: expect.stringContaining('worker 0 could not be started'),
    hint: expect.stringContaining('--workers'),
  });
});
