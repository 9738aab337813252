import { describe, expect, it } from 'vitest';
import { createPacer } from '../../../src/plan/pacer.ts';
import { ownedConnections } from '../../../src/plan/split.ts';
import { NONE } from '../../../src/wire/pending-table.ts';
import { type Clients, RandomClients, Rotation } from '../../../src/workload/clients.ts';
import { samplePlan } from '../../support/sample-plan.ts';

const CONNECTIONS = 40;
const ALL = Array.from({ length: CONNECTIONS }, (_, number) => number);
const everyOne = (): boolean => true;
const random = (numbers: readonly number[], isOpen = everyOne as (connection: number) => boolean, seed = 1) =>
  new RandomClients(numbers, isOpen, { seed, label: 'connections/publish/0' });

function picks(clients: Clients, count: number): number[] {
  return Array.from({ length: count }, () => clients.pick());
}

/** Coefficient of variation of the gaps between the arrivals of each connection, all of them together. */
function gapVariation(clientsOf: (worker: number, numbers: readonly number[]) => Clients, workers: number) {
  const plan = samplePlan({
    workloads: { publish: { rate: '400/s', arrivals: 'poisson' } },
    phases: [{ name: 'steady', duration: '60s' }],
  });
  const gaps: number[] = [];
  for (let index = 0; index < workers; index++) {
    const shard = { index, count: workers };
    const clients = clientsOf(index, ownedConnections({ first: 0, count: CONNECTIONS }, shard));
    const stream = plan.streams[0];
    if (stream === undefined) throw new Error('the plan publishes');
    const pacer = createPacer(stream, plan.phases, plan.seed, shard);
    const last = new Map<number, number>();
    for (; pacer.peekNs() < Number.POSITIVE_INFINITY; pacer.advance()) {
      const connection = clients.pick();
      const before = last.get(connection);
      if (before !== undefined) gaps.push(pacer.peekNs() - before);
      last.set(connection, pacer.peekNs());
    }
  }
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length) / mean;
}

describe('RandomClients', () => {
  it.each([1, 2])('gives each connection the gaps of a Poisson process, with %i workers', (workers) => {
    const variation = gapVariation((_, numbers) => random(numbers), workers);
    expect(variation).toBeGreaterThan(0.93);
    expect(variation).toBeLessThan(1.07);
  });

  it('draws all connections equally often', () => {
    const counts = new Map<number, number>();
    for (const connection of picks(random(ALL), 40_000))
      counts.set(connection, (counts.get(connection) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(ALL);
    // 1,000 each, five deviations of 31.
    expect(Math.max(...[...counts.values()].map((count) => Math.abs(count - 1_000)))).toBeLessThan(156);
  });

  it('draws the same for the same seed and other ones for another', () => {
    expect(picks(random(ALL), 50)).toEqual(picks(random(ALL), 50));
    expect(picks(random(ALL, everyOne, 2), 50)).not.toEqual(picks(random(ALL), 50));
  });

  it('passes over closed connections, without sending all to the neighbour', () => {
    const isOpen = (connection: number): boolean => connection >= 20;
    const found = picks(random(ALL, isOpen), 4_000);
    expect(found.every(isOpen)).toBe(true);
    expect(found.filter((connection) => connection === 20).length).toBeLessThan(300);
  });

  it('finds the last open connection, and none where all are closed', () => {
    expect(
      picks(
        random(ALL, (connection) => connection === 7),
        20,
      ),
    ).toEqual(Array(20).fill(7));
    expect(random(ALL, () => false).pick()).toBe(NONE);
    expect(random([]).pick()).toBe(NONE);
  });
});

describe('Rotation', () => {
  it('takes open connections in turn', () => {
    expect(picks(new Rotation([3, 5, 8], (connection) => connection !== 5), 4)).toEqual([3, 8, 3, 8]);
    expect(new Rotation([3], () => false).pick()).toBe(NONE);
  });

  it('makes the gaps of every connection far more even than those of the stream', () => {
    expect(gapVariation((_, numbers) => new Rotation(numbers, everyOne), 1)).toBeLessThan(0.3);
  });
});
