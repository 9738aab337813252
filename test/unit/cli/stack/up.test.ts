import { describe, expect, test } from 'vitest';
import { createIo } from '../../../../src/cli/io.ts';
import { main } from '../../../../src/cli/main.ts';
import { stackRequest } from '../../../../src/cli/stack/up.ts';
import { LINK_KINDS } from '../../../../src/stack/state.ts';
import { FakeProcess } from '../../../support/fake-process.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const HOST = {
  io: createIo(new FakeProcess([], { XDG_STATE_HOME: '/state', HOME: '/home/somebody' })),
  colourFlag: () => undefined,
  finish: () => undefined,
};
const FLAGS = { dir: '/stack', durability: 'async' } as const;

describe('what stack up asks for', () => {
  test('is the shape of the profile, with nothing in its links', () => {
    expect(stackRequest('single', FLAGS, HOST)).toMatchObject({
      profile: 'single',
      dir: '/stack',
      durability: 'async',
      cache: 'l1',
      links: [],
      shape: { relays: 1, replicas: 0 },
    });
  });

  test('has the second cache layer where the profile has a cluster for it', () => {
    expect(stackRequest('scaled', FLAGS, HOST).cache).toBe('l2');
  });

  test('is what the flags say otherwise', () => {
    const flags = { ...FLAGS, relays: 3, port: 7_777, cache: 'off', perAddressConnections: 5 } as const;
    expect(stackRequest('scaled', flags, HOST)).toMatchObject({
      cache: 'off',
      port: 7_777,
      perAddress: 5,
      shape: { relays: 3 },
    });
  });

  test('is what --set says, and tables without indexes where those are not wished', () => {
    const flags = { ...FLAGS, set: ['relay.pool=1', 'postgres.work_mem=16MB'], withoutIndexes: true };
    expect(stackRequest('scaled', flags, HOST)).toMatchObject({
      settings: { 'relay.pool': '1', 'postgres.work_mem': '16MB' },
      withoutIndexes: true,
    });
    expect(stackRequest('scaled', FLAGS, HOST)).toMatchObject({ settings: {}, withoutIndexes: false });
  });

  test('has both cache layers by either of their names', () => {
    expect(stackRequest('scaled', { ...FLAGS, cache: 'both' }, HOST).cache).toBe('l2');
    expect(stackRequest('scaled', { ...FLAGS, cache: 'l2' }, HOST).cache).toBe('l2');
  });

  test('has a proxy in every link with --faultable', () => {
    expect(stackRequest('scaled', { ...FLAGS, faultable: true }, HOST).links).toEqual(LINK_KINDS);
  });

  test('has a Prometheus with --observe alone', () => {
    expect(stackRequest('single', { ...FLAGS, observe: true }, HOST).observe).toBe(true);
    expect(stackRequest('single', FLAGS, HOST).observe).toBeUndefined();
  });

  test('lies in a directory of its own where none is named', () => {
    const { dir: _, ...flags } = FLAGS;
    expect(stackRequest('single', flags, HOST).dir).toMatch(/^\/.*relay-bench/);
  });

  test.each([
    ['a profile that does not exist', 'huge', {}, 'STACK_PROFILE_UNKNOWN', ''],
    [
      'durability that nobody confirms',
      'single',
      { durability: 'sync' },
      'STACK_SHAPE_INVALID',
      '--replicas 1',
    ],
    ['a cache layer without its cluster', 'single', { cache: 'both' }, 'STACK_SHAPE_INVALID', '--cache l1'],
    ['a setting that is none', 'single', { set: ['relay.pol=1'] }, 'STACK_SETTING_INVALID', 'relay.pool=8'],
  ] as const)('is refused for %s', (...[_, profile, changes, code, hint]) => {
    expect(() => stackRequest(profile, { ...FLAGS, ...changes }, HOST)).toThrow(
      expect.objectContaining({ code, hint: expect.stringContaining(hint) }),
    );
  });

  test('is refused before anything is started', async () => {
    const args = ['stack', 'up', 'single', '--durability', 'sync', '--dir', await tempDir()];
    const process = new FakeProcess(args);
    expect(await main(process)).toBe(2);
    expect(process.stderr.text).toContain('durability sync needs a replica');
    expect(process.eventNames()).toEqual([]);
  });

  test('says in one line which setting is wrong, and what was meant', async () => {
    const dir = await tempDir();
    const process = new FakeProcess(['stack', 'up', '--set', 'postgres.work_men=16MB', '--dir', dir]);
    expect(await main(process)).toBe(2);
    expect(process.stderr.text).toMatch(
      /^error: --set: there is no setting "postgres\.work_men" \(did you mean "postgres\.work_mem"\?\)\nhint: .*\n$/,
    );
  });
});
