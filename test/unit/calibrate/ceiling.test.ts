import { describe, expect, it } from 'vitest';
import { type CeilingRun, ceilingOf, eventsPerCpuSecond } from '../../../src/calibrate/ceiling.ts';
import type { Lookup } from '../../../src/calibrate/lookup.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import type { Ceiling, Counters } from '../../../src/record/schema.ts';
import { sampleCalibration } from '../../support/sample-calibration.ts';
import { EVERYTHING, samplePlan } from '../../support/sample-plan.ts';
import { noCounters, sampleResult } from '../../support/sample-record.ts';

const calibration = sampleCalibration();
const found: Lookup = { calibration };
const MEASURED_S = 10;

type Phases = CeilingRun['load']['phases'];
const steady: Phases = [
  { name: 'warm-up', kind: 'warm-up', start_s: 0, end_s: 2, level: 1, offered: 200, sent: 200 },
  { name: 'steady', kind: 'measured', start_s: 2, end_s: 12, level: 1, offered: 1_000, sent: 1_000 },
];

/** A run of ten measured seconds with these totals. */
function runWith(totals: Partial<Counters>, load: Partial<CeilingRun['load']> = {}): CeilingRun {
  const counters = { ...noCounters(), ...totals };
  const { load: sample, generator } = sampleResult({ counters, slowdown: 1 });
  const connections = { requested: 10, opened: 10, failed: 0, dropped: 0 };
  return {
    load: { ...sample, measured_s: MEASURED_S, phases: steady, connections, ...load },
    counters,
    generator,
  };
}

function ceiling(plan: Plan, run: CeilingRun): Ceiling {
  const result = ceilingOf(found, plan, run);
  if (result.ceiling === null) throw new Error(result.reason);
  return result.ceiling;
}

const on = (connections: number, workers = 1): Plan =>
  samplePlan({ connections: { count: connections } }, { overrides: { workers } });

describe('eventsPerCpuSecond', () => {
  it('is what was measured at the calibrated numbers of connections', () => {
    expect([1, 64, 1_000].map((n) => eventsPerCpuSecond(calibration.events, n))).toEqual([
      400_000, 160_000, 64_000,
    ]);
  });

  it('falls along a line in logarithms between them', () => {
    expect(eventsPerCpuSecond(calibration.events, 8)).toBeCloseTo(Math.sqrt(400_000 * 160_000), 6);
    expect(eventsPerCpuSecond(calibration.events, 253)).toBeCloseTo(Math.sqrt(160_000 * 64_000), -2);
  });

  it('stays what it was at the last one beyond it', () => {
    expect(eventsPerCpuSecond(calibration.events, 30_000)).toBe(64_000);
    expect(eventsPerCpuSecond(calibration.events.slice(1), 2)).toBe(160_000);
    expect(eventsPerCpuSecond(calibration.events.slice(1, 2), 5)).toBe(160_000);
  });
});

describe('the ceiling of an open run', () => {
  it('is that of short turns, whatever was on time with turns that gather', () => {
    const shown = [{ ...calibration.onTime[0], rate_per_s: 140_000 }] as typeof calibration.onTime;
    const run = runWith({ events_sent: 10 * 140_000 });
    const result = ceilingOf({ calibration: { ...calibration, onTime: shown } }, on(64), run);
    expect(result.ceiling?.eventsPerSecond).toBe(160_000);
    expect(result.ceiling?.share).toBeCloseTo(0.875, 9);
  });

  it('is that of its publishing connections, and the share what it wrote of it', () => {
    const result = ceiling(on(64), runWith({ events_sent: 160_000 }));
    expect(result).toEqual({
      basis: 'calibration',
      calibratedAt: calibration.calibratedAt,
      eventsPerSecond: 160_000,
      queriesPerSecond: null,
      deliveriesPerSecond: null,
      connectionsPerSecond: null,
      share: 0.1,
      limit: 0.7,
    });
  });

  it('is that of one worker: connections and rate are split among them', () => {
    const result = ceiling(on(128, 2), runWith({ events_sent: 160_000 }));
    expect(result).toMatchObject({ eventsPerSecond: 160_000, share: 0.05 });
  });

  it('adds up what publishing, querying, receiving and connecting take', () => {
    const plan = samplePlan({ connections: { count: 64 }, workloads: EVERYTHING, corpus: { events: 10 } });
    const totals = {
      events_sent: 10 * eventsPerCpuSecond(calibration.events, 6) * 0.1,
      queries_sent: 10 * 40_000 * 0.2,
      deliveries_received: 10 * 1_000_000 * 0.05,
      query_events_received: 10 * 1_000_000 * 0.05,
    };
    const storm = { requested: 64 + 12 * 8_000 * 0.1, opened: 64, failed: 0, dropped: 0 };
    const result = ceiling(plan, runWith(totals, { connections: storm }));
    expect(result.queriesPerSecond).toBe(40_000);
    expect(result.connectionsPerSecond).toBe(8_000);
    expect(result.share).toBeCloseTo(0.1 + 0.2 + 0.1 + 0.1, 6);
  });

  it('holds queries on other connections to be as much dearer as events are', () => {
    const query = { rate: '10/s', filters: [{ name: 'all', filter: { limit: 1 } }] };
    const plan = samplePlan({ connections: { count: 1_000 }, workloads: { query } });
    expect(ceiling(plan, runWith({ queries_sent: 100 })).queriesPerSecond).toBeCloseTo(16_000, 6);
  });

  it('takes the share of the busiest phase', () => {
    const phases: Phases = [
      { name: 'low', kind: 'measured', start_s: 0, end_s: 5, level: 1, offered: 500, sent: 500 },
      { name: 'high', kind: 'measured', start_s: 5, end_s: 10, level: 3, offered: 1_500, sent: 1_500 },
    ];
    expect(ceiling(on(64), runWith({ events_sent: 160_000 }, { phases })).share).toBeCloseTo(0.15, 10);
  });

  it('does not fall where the run was cut short', () => {
    const cut: Phases = steady.map((phase) => ({ ...phase, offered: 100 }));
    const run = runWith({ events_sent: 16_000 }, { phases: cut, measured_s: 1 });
    expect(ceiling(on(64), run).share).toBeCloseTo(0.1, 10);
  });

  it('is 0 % of it where nothing was measured', () => {
    const nothing = steady.map((phase) => ({ ...phase, offered: 0, sent: 0 }));
    expect(ceiling(on(64), runWith({}, { phases: nothing, measured_s: 0 })).share).toBe(0);
  });

  it.each([
    ['there is no calibration', { calibration: null, reason: 'none here' } as Lookup, {}, 'none here'],
    ['the target speaks TLS', found, { targets: ['wss://127.0.0.1:1'] }, 'raw transport over ws://'],
  ])('is unknown where %s', (_, lookup, request, reason) => {
    const result = ceilingOf(lookup, samplePlan({}, request), runWith({ events_sent: 10 }));
    expect(result).toEqual({ ceiling: null, reason: expect.stringContaining(reason) });
  });

  it('is unknown with another transport', () => {
    const plan = samplePlan({ connections: { count: 10, transport: 'ws' } });
    expect(ceilingOf(found, plan, runWith({})).ceiling).toBeNull();
  });

  it('is unknown of agents, whatever this machine can do', () => {
    const run = runWith({ events_sent: 10 });
    const byAgents = { ...run, generator: { ...run.generator, agents: [] } };
    expect(ceilingOf(found, samplePlan(), byAgents)).toEqual({
      ceiling: null,
      reason: 'agents carried out the load, and what their machines can do is unknown',
    });
  });
});

describe('the ceiling of a closed run', () => {
  const plan = samplePlan({
    load: { model: 'closed', window: 4 },
    workloads: { publish: {} },
  });
  const busy = (mean: number | null): CeilingRun => ({
    ...runWith({ events_sent: 30_000 }),
    generator: { eventLoopUtilization: { mean, max: mean } },
  });

  it.each([found, { calibration: null, reason: 'none' } as Lookup])(
    'follows from how busy its workers were, calibrated or not',
    (lookup) => {
      const run = busy(0.5);
      const achieved = { ...run.load.achieved, eventsPerSecond: 3_000 };
      expect(ceilingOf(lookup, plan, { ...run, load: { ...run.load, achieved } })).toEqual({
        ceiling: {
          basis: 'own-utilization',
          calibratedAt: null,
          eventsPerSecond: 6_000,
          queriesPerSecond: null,
          deliveriesPerSecond: null,
          connectionsPerSecond: null,
          share: 0.5,
          limit: 0.7,
        },
      });
    },
  );

  it.each([null, 0])('is unknown where that was not measured: %o', (mean) => {
    expect(ceilingOf(found, plan, busy(mean)).ceiling).toBeNull();
  });
});
