import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { databaseBalancerOf, readState, type StackState, writeState } from '../../../src/stack/state.ts';
import { sampleStack, stackOfBefore } from '../../support/sample-stack.ts';
import { tempDir } from '../../support/temp-dir.ts';

const SETTINGS = { 'relay.pool': '1', 'postgres.work_mem': '16MB' };

/** The state of a stack with settings as it was written, after something was changed in its file. */
async function readBack(change: (file: Record<string, unknown>) => void = () => undefined) {
  const dir = await tempDir();
  const state: StackState = await sampleStack('single', { dir, settings: SETTINGS, withoutIndexes: true });
  await writeState(state);
  const path = join(dir, 'stack.json');
  const file = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  change(file);
  writeFileSync(path, JSON.stringify(file));
  return readState(dir);
}

describe('the state of a stack', () => {
  test('keeps what was set and what its tables lack', async () => {
    expect(await readBack()).toMatchObject({ settings: SETTINGS, withoutIndexes: true });
  });

  test('of an earlier version has nothing set', async () => {
    const read = await readBack((file) => {
      delete file['settings'];
      delete file['withoutIndexes'];
    });
    expect(read).toMatchObject({ settings: {}, withoutIndexes: false });
  });

  test('of a version with one balancer for both is read, so that it can be taken down', async () => {
    const before = await stackOfBefore({ dir: await tempDir() });
    await writeState(before);
    expect(readState(before.dir)?.services).toEqual(before.services);
  });

  test('names who leads relays to Postgres: nobody in single, in an older stack that of the clients', async () => {
    const [scaled, single] = [await sampleStack('scaled'), await sampleStack('single')];
    expect(databaseBalancerOf(scaled.services)?.name).toBe('haproxy-db');
    expect(databaseBalancerOf(single.services)).toBeUndefined();
    expect(databaseBalancerOf((await stackOfBefore()).services)?.name).toBe('haproxy');
  });

  test.each([
    { 'postgres.archive_command': 'true' },
    { 'postgres.work_mem': "1MB'\narchive_command = 'true" },
    { 'relay.secrets': '/etc/shadow' },
  ])('is not believed with a setting that --set would refuse: %j', async (settings) => {
    const reading = readBack((file) => Object.assign(file, { settings }));
    await expect(reading).rejects.toMatchObject({ code: 'STACK_STATE_INVALID', exitCode: 3 });
  });
});
