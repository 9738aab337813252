import { describe, expect, it } from 'vitest';
import { EVERYTHING, samplePlan } from '../../support/sample-plan.ts';

const CLOSED = { load: { model: 'closed', window: 4 }, workloads: { publish: {} } } as const;

describe('buildPlan', () => {
  it('puts the phases after the warm-up without a gap', () => {
    const phases = [
      { name: 'ramp', duration: '1s', level: 0, rampTo: 2 },
      { name: 'steady', duration: '500ms', level: 2 },
    ];
    expect(samplePlan({ phases }).phases).toEqual([
      { name: 'warm-up', kind: 'warm-up', startNs: 0, endNs: 2e9, levelStart: 1, levelEnd: 1 },
      { name: 'ramp', kind: 'measured', startNs: 2e9, endNs: 3e9, levelStart: 0, levelEnd: 2 },
      { name: 'steady', kind: 'measured', startNs: 3e9, endNs: 3.5e9, levelStart: 2, levelEnd: 2 },
    ]);
  });

  it('has no warm-up phase where there is no warm-up', () => {
    expect(samplePlan({ warmup: '0s' }).phases.map(({ name }) => name)).toEqual(['steady']);
  });

  it('counts the arrivals of each stream and phase', () => {
    expect(samplePlan({ workloads: EVERYTHING }).streams).toEqual([
      { name: 'publish', rate_per_s: 100, arrivals: 'constant', perPhase: [200, 1_000], total: 1_200 },
      { name: 'query', rate_per_s: 50, arrivals: 'constant', perPhase: [100, 500], total: 600 },
      {
        name: 'connect',
        rate_per_s: 30,
        arrivals: 'constant',
        opens: true,
        perPhase: [60, 300],
        total: 360,
      },
    ]);
  });

  it('sets numbers aside for the connections that workloads open themselves, and foresees how many there are at once', () => {
    const plan = samplePlan({
      workloads: {
        ...EVERYTHING,
        churn: { rate: '2/s', stay: { median: '1s', sigma: 0 } },
        'slow-reader': { connections: 3 },
      },
    });
    expect(plan.opened).toEqual([
      { workload: 'slow-reader', first: 10, atOnce: 3 },
      { workload: 'connect', first: 13, atOnce: 360 },
      // Two at once in the long run, and half as many for chance.
      { workload: 'churn', first: 373, atOnce: 3 },
    ]);
  });

  it('gives each role its connections, publishers from the first and subscribers from the last', () => {
    const plan = samplePlan({ workloads: EVERYTHING });
    expect(plan.workloads.publish?.connections).toEqual({ first: 0, count: 6 });
    expect(plan.workloads.query?.connections).toEqual({ first: 0, count: 10 });
    expect(plan.workloads.subscribe?.connections).toEqual({ first: 2, count: 8 });
  });

  it('lists the latencies that the run produces with their service twins', () => {
    expect(samplePlan().latencies).toEqual([
      'connect_latency',
      'connect_latency_service',
      'ack_latency',
      'ack_latency_service',
      'reject_latency',
      'reject_latency_service',
      'late_latency',
      'send_lag',
      'auth_latency',
    ]);
  });

  it('has the default gates, then those of the scenario, then those of the command line', () => {
    const gates = samplePlan(
      { gates: ['notices == 0'] },
      { overrides: { gates: ['ack_latency  p99<0.5s'] } },
    ).gates;
    expect(gates).toEqual([
      'ack_latency p95 < 100ms',
      'achieved_rate_ratio >= 99%',
      'connect_ratio >= 100%',
      'connections_lost == 0',
      'ack_ratio >= 100%',
      'duplicates_unexplained == 0',
      'notices == 0',
      'ack_latency p99 < 0.5s',
    ]);
  });

  it('has no default gates where they are refused', () => {
    expect(samplePlan({}, { overrides: { noDefaultGates: true } }).gates).toEqual([]);
  });

  it('refuses a gate on what the run can not produce', () => {
    expect(() => samplePlan({}, { overrides: { gates: ['eose_latency p95 < 1s'] } })).toThrowError(
      expect.objectContaining({
        code: 'GATE_INVALID',
        message:
          'gate "eose_latency p95 < 1s": eose_latency needs a query workload, which the scenario does not have',
      }),
    );
  });

  it('keeps the command line out of the hash unless it changes the load', () => {
    const sha256 = samplePlan().scenario.sha256;
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(samplePlan({}, { overrides: { gates: ['notices == 0'] } }).scenario.sha256).toBe(sha256);
    expect(samplePlan({}, { overrides: { rate_per_s: 100 } }).scenario.sha256).toBe(sha256);
    expect(samplePlan({}, { overrides: { rate_per_s: 101 } }).scenario.sha256).not.toBe(sha256);
  });

  it('is plain data that survives JSON', () => {
    const plan = samplePlan({ workloads: EVERYTHING, corpus: { events: 100 } });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('refuses what a flag makes impossible', () => {
    const scenario = { workloads: EVERYTHING, connections: { count: 10 } };
    expect(() => samplePlan(scenario, { overrides: { rate_per_s: 1e9 } })).toThrowError(
      expect.objectContaining({
        code: 'PLAN_IMPOSSIBLE',
        exitCode: 2,
        message: 'workloads.publish.rate gives more than 1,000,000,000 arrivals over the phases',
      }),
    );
  });
});

describe('buildPlan in the closed model', () => {
  it('schedules nothing', () => {
    expect(samplePlan(CLOSED).streams).toEqual([
      { name: 'publish', rate_per_s: 0, arrivals: 'constant', perPhase: [0, 0], total: 0 },
    ]);
  });

  it('ignores the rate of a scenario that is otherwise for the open model', () => {
    const workloads = { publish: { rate: '100/s' } };
    expect(samplePlan({ ...CLOSED, workloads }).streams[0]?.rate_per_s).toBe(0);
  });

  it('has neither send lag nor an achieved rate', () => {
    const plan = samplePlan(CLOSED);
    expect(plan.latencies).not.toContain('send_lag');
    expect(plan.gates).toEqual([
      'ack_latency p95 < 100ms',
      'connect_ratio >= 100%',
      'connections_lost == 0',
      'ack_ratio >= 100%',
      'duplicates_unexplained == 0',
    ]);
  });

  it('refuses a rate from the command line', () => {
    expect(() => samplePlan(CLOSED, { overrides: { rate_per_s: 5 } })).toThrowError(
      expect.objectContaining({ code: 'PLAN_IMPOSSIBLE', hint: expect.stringContaining('open model') }),
    );
  });
});

describe('abortOnFail', () => {
  it('comes from the scenario, else from the flag with the standard values, else not at all', () => {
    expect(samplePlan().abort).toBeNull();
    expect(samplePlan({}, { overrides: { abortOnFail: true } }).abort).toEqual({
      delayMs: 5_000,
      minSamples: 200,
    });
    const scenario = { abortOnFail: { delay: '1s' } };
    expect(samplePlan(scenario).abort).toEqual({ delayMs: 1_000, minSamples: 200 });
  });

  it('as a flag leaves the scenario what it was', () => {
    const plan = samplePlan({}, { overrides: { abortOnFail: true } });
    expect(plan.scenario).toEqual(samplePlan().scenario);
  });

  it('keeps the histograms of seconds only for gates over windows', () => {
    expect(samplePlan().keepSeconds).toBe(false);
    expect(samplePlan({ gates: ['ack_latency p95 < 1s over 5s'] }).keepSeconds).toBe(true);
  });
});
