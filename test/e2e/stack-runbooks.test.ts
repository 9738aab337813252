import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServiceStatus, StackStatus } from '../../src/stack/status.ts';
import { RunbookShell } from '../support/runbook-shell.ts';
import { runbookSteps } from '../support/runbook-steps.ts';

// The commands of the runbooks of a stack are typed as they stand there, at one stack in the directory that commands take by
// themselves. What stands on several pages is typed once; test/support/runbook-steps.ts says what else is left out, and why.

const STEPS = runbookSteps();
let shell: RunbookShell;

beforeAll(async () => {
  shell = await RunbookShell.open([...STEPS.before, ...STEPS.after]);
  await shell.up('scaled');
}, 120_000);

afterAll(async () => await shell.close(), 60_000);

function serviceIn({ services }: StackStatus, wanted: string): ServiceStatus {
  const found = services.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`the stack has no ${wanted}`);
  return found;
}

describe('the runbooks of a stack', () => {
  test('see a failover, a reconnect storm, a replica that is behind, and restart one part after the other', {
    timeout: 300_000,
  }, async () => {
    const printed = await shell.takeAll(STEPS.before);
    expect(printed.get('npx relay-bench stack explain --top 5')).toMatch(/calls · total/);
    const status = await shell.status();
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
    await shell.takeAll(STEPS.restart);
    const printed = await shell.takeAll(STEPS.after);
    const status = await shell.status();
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
