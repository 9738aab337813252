import { describe, expect, it } from 'vitest';
import { kneeOf } from '../../../src/capacity/knee.ts';
import { impossibleStep, readStep } from '../../../src/capacity/read-step.ts';
import { capacitySchema } from '../../../src/capacity/schema.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { sampleCapacity, sampleStep, sampleSteps } from '../../support/sample-capacity.ts';
import { gateResult, sampleRecord } from '../../support/sample-record.ts';

const PLANNED = { number: 3, why: 'double', rate_per_s: 250, connections: 100 } as const;
const read = (record: RunRecord) => readStep(PLANNED, record, { unit: 'events', file: 'steps/03/run.json' });

describe('a step from the record of its run', () => {
  it('held where the run passed, with its rates and latencies', () => {
    const record = sampleRecord('pass');
    const step = read(record);
    expect(step).toMatchObject({ ...PLANNED, verdict: 'held', reason: '', failed: [], runId: record.runId });
    expect(step.offered_per_s).toBe(record.load.offered.eventsPerSecond);
    expect(step.latencies['ack_latency']?.p95_us).toBe(record.metrics['ack_latency']?.p95_us);
  });

  it('broke where a gate failed, and names the one that lies farthest beyond its limit first', () => {
    const gates = [
      gateResult('achieved_rate_ratio >= 99%', 80, false),
      gateResult('eose_latency p95 < 100ms', 120, false),
      gateResult('ack_latency p95 < 100ms', 900, false),
      gateResult('delivery_latency p95 < 100ms', 20, true),
    ];
    const step = read({ ...sampleRecord('fail'), gates, failures: [] });
    expect(step.verdict).toBe('broken');
    expect(step.failed.map(({ metric }) => metric)).toEqual([
      'ack_latency',
      'eose_latency',
      'achieved_rate_ratio',
    ]);
    expect(step.reason).toBe('ack_latency p95 < 100ms');
  });

  it('is invalid where the run is, whatever its gates say', () => {
    const record = sampleRecord('invalid');
    expect(read(record)).toMatchObject({
      verdict: 'invalid',
      failed: [],
      reason: record.validity.reasons[0],
    });
  });

  it('is invalid, and not the relay’s doing, where gates fail for nothing but lack of data', () => {
    const gates = [gateResult('ack_latency p95 < 100ms', null, false)];
    expect(read({ ...sampleRecord('fail'), gates, failures: [] })).toMatchObject({
      verdict: 'invalid',
      reason: 'ack_latency p95 < 100ms has too few samples',
    });
  });

  it('says nothing where it was interrupted', () => {
    expect(read({ ...sampleRecord('fail'), exitCode: 130 })).toMatchObject({ verdict: 'stopped' });
  });

  it('achieved what was answered while it was measured, not what was answered after', () => {
    const record = sampleRecord('pass');
    const { start_s = 0, end_s = 0 } = record.load.phases.find(({ kind }) => kind === 'measured') ?? {};
    const first = record.intervals[0];
    if (first === undefined) throw new Error('the sample has no seconds');
    const seconds = [start_s - 1, start_s, end_s - 1, end_s].map((t, at) => ({
      ...first,
      t,
      acked: 10 ** at,
    }));
    const step = read({ ...record, intervals: seconds });
    expect((step.achieved_per_s ?? 0) * record.load.measured_s).toBeCloseTo(110, 6);
  });

  it('counts opened connections where nothing else is counted', () => {
    const record = sampleRecord('pass');
    const step = readStep(PLANNED, record, { unit: 'connections', file: 'x' });
    expect(step.achieved_per_s).toBeGreaterThanOrEqual(0);
    expect(step.offered_per_s).toBeGreaterThan(0);
  });

  it('has no record where it could not be started', () => {
    expect(impossibleStep(PLANNED, 'too few files')).toMatchObject({
      verdict: 'invalid',
      file: null,
      runId: null,
    });
  });
});

describe('the document of a search', () => {
  it('has the limit, the knee and what failed first, and fits its schema', () => {
    const capacity = sampleCapacity();
    expect(capacitySchema.parse(capacity)).toEqual(capacity);
    expect(capacity.limit).toEqual({
      ...{ rate_per_s: 298, connections: 100, low: 298, high: 306 },
      ...{ atLeast: false, confirmed: true },
    });
    expect(capacity.firstToFail).toMatchObject({ rate_per_s: 306, reason: 'ack_latency p95 < 100ms' });
    expect(capacity.caveats).toEqual([]);
  });

  it('counts connections where these were raised', () => {
    const steps = [100, 200, 200].map((connections, at) =>
      sampleStep(50, { connections, verdict: at === 0 ? 'held' : 'broken' }),
    );
    const { limit, firstToFail } = sampleCapacity({ of: 'connections', steps });
    expect(limit).toMatchObject({ rate_per_s: 50, connections: 100, low: 100, high: 200 });
    expect(firstToFail?.connections).toBe(200);
  });

  it('says at least where only the generator was at its end, and that its steps say nothing', () => {
    const steps = [
      sampleStep(125),
      sampleStep(250),
      sampleStep(250),
      sampleStep(500, { verdict: 'invalid', failed: [], reason: 'generator late' }),
      sampleStep(500, { verdict: 'invalid', failed: [], reason: 'generator late' }),
    ];
    const { limit, firstToFail, caveats } = sampleCapacity({ steps, ended: 'ceiling' });
    expect(limit).toMatchObject({ rate_per_s: 250, high: null, atLeast: true });
    expect(firstToFail).toBeNull();
    expect(caveats).toEqual(['the generator could not carry out 2 steps, which say nothing of the relay']);
  });

  it('says that a target had not come to rest', () => {
    const restless = sampleStep(500, { coolDown: { waited_s: 60, calm: false } });
    expect(sampleCapacity({ steps: [restless] }).caveats[0]).toMatch(
      /after 1 step the target had not come to rest/,
    );
  });
});

describe('the knee of the curve', () => {
  it('is the step with the most throughput for its latency', () => {
    const knee = kneeOf(sampleSteps());
    // Power of an M/M/1-like queue is highest at half of its capacity: of the steps 125 is nearest to 153.
    expect(knee).toMatchObject({ rate_per_s: 125, metric: 'ack_latency' });
  });

  it('takes the latency that grows most where there are several', () => {
    const flat = { mean_us: 5_000, p50_us: 5_000, p95_us: 6_000, p99_us: 7_000 };
    const steps = sampleSteps().map((step) => ({
      ...step,
      latencies: { ...step.latencies, eose_latency: flat },
    }));
    expect(kneeOf(steps)?.metric).toBe('ack_latency');
  });

  it('needs three levels', () => {
    expect(kneeOf([sampleStep(100), sampleStep(200), sampleStep(200)])).toBeNull();
  });
});
