import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { replanKept } from '../../../../src/stack/lifecycle/kept.ts';
import type { StackRequest } from '../../../../src/stack/plan-stack.ts';
import { writeRoles } from '../../../../src/stack/roles.ts';
import type { StackState } from '../../../../src/stack/state.ts';
import { resolveShape } from '../../../../src/stack/topology.ts';
import { sampleStack, stackOfBefore } from '../../../support/sample-stack.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const PROGRAMS = { binaries: {}, postgres: 'system' } as const;

async function keptStack(): Promise<StackState> {
  return { ...(await sampleStack('scaled', { dir: await tempDir() })), phase: 'kept' };
}

function request({ dir }: StackState, changes: Partial<StackRequest> = {}): StackRequest {
  const shape = resolveShape('scaled');
  return { profile: 'scaled', shape, dir, durability: 'async', cache: 'l2', ...changes };
}

const portsOf = ({ services }: StackState) => new Map(services.map(({ name, ports }) => [name, ports]));

describe('a stack whose data was kept', () => {
  test('comes back where it was, with other settings where those are asked for', async () => {
    const before = await keptStack();
    const wanted = request(before, { settings: { 'relay.pool': '4' }, cache: 'off' });
    const now = await replanKept(before, wanted, PROGRAMS);
    expect(portsOf(now)).toEqual(portsOf(before));
    expect(now).toMatchObject({
      ...{ settings: { 'relay.pool': '4' }, cache: 'off' },
      ...{ phase: 'kept', createdAt: before.createdAt },
    });
  });

  test('of a version with one balancer for both gets one for the database, and clients stay where they were', async () => {
    const before: StackState = { ...(await stackOfBefore({ dir: await tempDir() })), phase: 'kept' };
    const { services } = await replanKept(before, request(before), PROGRAMS);
    const ports = new Map(services.map((service) => [service.name, service.ports]));
    const { ws, stats } = portsOf(before).get('haproxy') ?? {};
    expect(ports.get('haproxy')).toEqual({ ws, stats });
    expect(Object.keys(ports.get('haproxy-db') ?? {})).toEqual([
      'pg_write',
      'stats',
      'pg_read_1',
      'pg_read_2',
    ]);
    expect(services.find(({ name }) => name === 'relay-1')?.dependsOn).toContain('haproxy-db');
  });

  test('gets more relays and replicas, each with ports of its own', async () => {
    const before = await keptStack();
    const shape = resolveShape('scaled', { relays: 4, replicas: 3 });
    const now = await replanKept(before, request(before, { shape }), PROGRAMS);
    for (const [name, ports] of portsOf(before)) expect(portsOf(now).get(name)).toMatchObject(ports);
    expect(now.services.map(({ name }) => name)).toEqual(expect.arrayContaining(['relay-4', 'postgres-4']));
    const all = now.services.flatMap(({ ports }) => Object.values(ports));
    expect(new Set(all).size).toBe(all.length);
  });

  test('has a new replica copy whoever is the primary', async () => {
    const before = await keptStack();
    await mkdir(join(before.dir, 'supervisor'));
    await writeRoles(before, { primary: 'postgres-2', promoting: null, failovers: [] });
    const shape = resolveShape('scaled', { replicas: 3 });
    const { services } = await replanKept(before, request(before, { shape }), PROGRAMS);
    const dependsOn = (wanted: string) => services.find(({ name }) => name === wanted)?.dependsOn;
    expect(dependsOn('postgres-4')).toEqual(['postgres-1', 'postgres-2']);
    expect(dependsOn('postgres-3')).toEqual(['postgres-1']);
  });

  test('loses what a relay has written that is there no more', async () => {
    const before = await keptStack();
    await mkdir(join(before.dir, 'relay-3'));
    await mkdir(join(before.dir, 'relay-2'));
    const shape = resolveShape('scaled', { relays: 2 });
    const { services } = await replanKept(before, request(before, { shape }), PROGRAMS);
    expect(services.map(({ name }) => name)).not.toContain('relay-3');
    expect(['relay-2', 'relay-3'].map((name) => existsSync(join(before.dir, name)))).toEqual([true, false]);
  });

  test('may have more connections, and fewer where no replica has seen more', async () => {
    const before = await keptStack();
    const more = request(before, { settings: { 'postgres.max_connections': '300' } });
    expect(await replanKept(before, more, PROGRAMS)).toMatchObject({ settings: more.settings });
    const alone: StackState = { ...(await sampleStack('single', { dir: await tempDir() })), phase: 'kept' };
    const shape = resolveShape('single');
    const settings = { 'postgres.max_connections': '90' };
    const fewer = request(alone, { profile: 'single', shape, cache: 'l1', settings });
    expect(await replanKept(alone, fewer, PROGRAMS)).toMatchObject({ settings });
  });

  test('listens where --port says', async () => {
    const before = await keptStack();
    const now = await replanKept(before, request(before, { port: 7_777 }), PROGRAMS);
    expect(portsOf(now).get('haproxy')).toMatchObject({ ws: 7_777 });
  });

  test.each([
    ['another profile', { profile: 'single', shape: resolveShape('single') }, 'profile scaled'],
    ['fewer replicas', { shape: resolveShape('scaled', { replicas: 1 }) }, 'has 2 replicas'],
    ['other indexes', { withoutIndexes: true }, 'has its covering indexes'],
    ['fewer connections', { settings: { 'postgres.max_connections': '90' } }, 'had max_connections 200'],
  ])('is refused with %s, and keeps everything', async (_, changes, message) => {
    const before = await keptStack();
    await mkdir(join(before.dir, 'relay-3'));
    await expect(replanKept(before, request(before, changes), PROGRAMS)).rejects.toMatchObject({
      code: 'STACK_DIFFERENT',
      exitCode: 3,
      message: expect.stringContaining(message),
    });
    expect(existsSync(join(before.dir, 'relay-3'))).toBe(true);
  });
});
