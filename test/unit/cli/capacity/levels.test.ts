import { describe, expect, test } from 'vitest';
import type { CapacityFlags } from '../../../../src/cli/capacity/flags.ts';
import { type Levels, lengthMs, levelsOf } from '../../../../src/cli/capacity/levels.ts';
import { placeOf, stackPlace } from '../../../../src/cli/capacity/place.ts';
import type { CommandHost } from '../../../../src/cli/host.ts';
import { createIo } from '../../../../src/cli/io.ts';
import type { Opening } from '../../../../src/cli/load-session.ts';
import { FakeProcess } from '../../../support/fake-process.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const host: CommandHost = {
  io: createIo(new FakeProcess()),
  colourFlag: () => false,
  finish: () => undefined,
};

const FLAGS: CapacityFlags = {
  ...{ of: 'rate', tolerance: 0.05, budget: 600_000, arrivals: 'even', format: 'json', defaultGates: true },
};

async function levels(scenario: string, changes: Partial<CapacityFlags> = {}): Promise<Levels> {
  const flags = { ...FLAGS, ...changes };
  return levelsOf(scenario, flags, { place: await placeOf(flags, host), host });
}

describe('the levels of a search', () => {
  test('raise every stream by the same factor, from a quarter of the rate on', async () => {
    const { search, planAt, unit, numbersAt } = await levels('quick');
    expect(search).toMatchObject({ start: 50, tolerance: 0.05, whole: false });
    expect(unit).toBe('events');
    const plan = await planAt(400);
    expect(plan.streams.map(({ name, rate_per_s }) => [name, rate_per_s])).toEqual([
      ['publish', 400],
      ['query', 50],
    ]);
    expect(numbersAt(400)).toEqual({ rate_per_s: 400, connections: 64 });
  });

  test('space arrivals evenly unless those of the scenario are wanted', async () => {
    const even = await (await levels('publish')).planAt(100);
    expect(even.streams[0]?.arrivals).toBe('constant');
    const poisson = await (await levels('publish', { arrivals: 'scenario' })).planAt(100);
    expect(poisson.streams[0]?.arrivals).toBe('poisson');
  });

  test('raise connections at a rate that stays', async () => {
    const { search, planAt, numbersAt } = await levels('publish', { of: 'connections', rate: 80 });
    expect(search).toMatchObject({ start: 100, whole: true });
    const plan = await planAt(700);
    expect(plan.connections.count).toBe(700);
    expect(plan.streams[0]?.rate_per_s).toBe(80);
    expect(numbersAt(700)).toEqual({ rate_per_s: 80, connections: 700 });
  });

  test('make a step longer where its percentiles would lack samples', async () => {
    const { planAt } = await levels('publish');
    expect(lengthMs(await planAt(1_000))).toBe(13_000);
    expect(lengthMs(await planAt(12.5))).toBe(3_000 + 20_000);
    expect(lengthMs(await planAt(12.5, { durationMs: 1_000, warmupMs: 0 }))).toBe(1_000);
  });

  test('end a step early where a gate can no longer hold', async () => {
    expect((await (await levels('publish')).planAt(100)).abort).not.toBeNull();
  });

  test('of a stack ask for no audit, which would have no data', async () => {
    const found = await levels('publish', { stack: 'scaled', stackDir: await tempDir() });
    const { gates } = await found.planAt(100);
    expect(gates.filter((gate) => /lost_events|audit/.test(gate))).toEqual([]);
  });

  test('know with how many relays the stack will be brought up', async () => {
    const flags = { ...FLAGS, stack: 'scaled', stackDir: await tempDir() };
    const one = await levelsOf('quick', flags, { place: stackPlace('scaled', { relays: 1 }, host), host });
    expect(one.base.relayProcesses).toBe(1);
    expect((await levels('quick', flags)).base.relayProcesses).toBe(3);
  });

  test('refuse a scenario with levels of its own', async () => {
    await expect(levels('steps')).rejects.toMatchObject({ code: 'PLAN_IMPOSSIBLE' });
  });
});

describe('the place of a search', () => {
  test('is the embedded relay, anew for each step, where none is named', async () => {
    expect(await placeOf(FLAGS, host)).toMatchObject({
      kind: 'embedded',
      isKept: false,
      starts: 'the embedded relay',
    });
  });

  test('is a relay that runs, and has to come to rest, where addresses are named', async () => {
    const place = await placeOf({ ...FLAGS, relay: ['ws://127.0.0.1:7777'] }, host);
    expect(place).toMatchObject({ kind: 'url', isKept: true, starts: null, urls: ['ws://127.0.0.1:7777/'] });
  });

  test('is a relay that a command starts for each step', async () => {
    const place = await placeOf({ ...FLAGS, relay: ['mine=./relay --port {port}'] }, host);
    expect(place).toMatchObject({ kind: 'url', name: 'mine', isKept: false, starts: 'the relay mine' });
  });

  test('is a stack that is kept', async () => {
    expect(await placeOf({ ...FLAGS, stack: 'single' }, host)).toMatchObject({ kind: 'stack', isKept: true });
  });

  test('is a stack with so many relays, in the directory that was named', async () => {
    const asked: unknown[] = [];
    const openStack = async (...args: unknown[]): Promise<never> => {
      asked.push(args[0], args[1]);
      throw new Error('not here');
    };
    const stages = { openTarget: openStack, openStack, openRelays: openStack };
    const place = stackPlace('scaled', { relays: 2, stackDir: '/tmp/s' }, host, stages);
    expect(place).toMatchObject({ name: 'stack scaled with 2 relays', relays: 2, starts: null });
    await expect(place.open({} as Opening)).rejects.toThrow('not here');
    expect(asked).toEqual(['scaled', { relays: 2, stackDir: '/tmp/s' }]);
  });

  test('is one relay: names beside each other belong to versus', async () => {
    const relay = ['a=ws://127.0.0.1:1', 'b=ws://127.0.0.1:2'];
    await expect(placeOf({ ...FLAGS, relay }, host)).rejects.toMatchObject({ code: 'CONTENDER_INVALID' });
  });
});
