import { expect, it } from 'vitest';
import { buildPlan } from '../../../../src/plan/build-plan.ts';
import { describePlan } from '../../../../src/plan/describe.ts';
import { scenarioSchema } from '../../../../src/scenario/schema.ts';
import { createStormPart } from '../../../../src/workload/storm/worker.ts';
import type { WorkerContext } from '../../../../src/workload/worker-part.ts';
import { FakeSink } from '../../../support/fake-sink.ts';

function planOf(overrides = {}) {
  const scenario = scenarioSchema.parse({
    name: 'storm',
    description: 'a storm',
    connections: { count: 5, reconnect: { first: '1s' } },
    workloads: {
      publish: { rate: '10/s' },
      storm: {
        cuts: [
          { phase: 'second', at: 0.5, jitter: false },
          { phase: 'first', at: 0 },
        ],
      },
    },
    warmup: '2s',
    phases: [
      { name: 'first', duration: '4s' },
      { name: 'second', duration: '4s' },
    ],
  });
  return buildPlan({ scenario, targets: ['ws://127.0.0.1:1'], cores: 2, overrides });
}

it('cuts where the phases are, however long they are made', () => {
  const offsets = (durationMs?: number) =>
    planOf({ durationMs }).workloads.storm?.cuts.map(({ offsetNs, backOff }) => [
      offsetNs / 1e9,
      backOff.hasJitter,
    ]);
  expect(offsets()).toEqual([
    [2, true],
    [8, false],
  ]);
  expect(offsets(4_000)).toEqual([
    [2, true],
    [5, false],
  ]);
});

it('is told in the plan', () => {
  const rows = describePlan(planOf()).flatMap((section) => section.rows);
  expect(rows.filter(([label]) => label === 'storm')).toEqual([
    ['storm', '5 connections cut 2.00 s after the start, back with jitter'],
    ['storm', '5 connections cut 8.00 s after the start, back without jitter'],
  ]);
});

it('cuts all connections of its worker at once, those that are open', () => {
  const plan = planOf();
  const sink = new FakeSink();
  const cut: number[] = [];
  const context = {
    plan,
    shard: { index: 1, count: 2 },
    start: { monotonicNs: 1_000, wallMs: 0 },
    sink,
    connections: { cut: (connection: number) => connection !== 3 && cut.push(connection) > 0 },
  } as unknown as WorkerContext;
  const storm = plan.workloads.storm;
  if (storm === undefined) throw new Error('the plan has a storm');
  const [stream] = createStormPart(storm, context).streams;
  expect(stream?.dueNs(0)).toBe(2e9 + 1_000);
  stream?.fire(0);
  expect(cut).toEqual([1]);
  expect(sink.counts).toEqual({ 'connections_cut/2': 1 });
  expect(stream?.isOver).toBe(false);
  stream?.fire(0);
  expect([stream?.isOver, stream?.dueNs(0)]).toEqual([true, Number.POSITIVE_INFINITY]);
});
