import { describe, expect, it } from 'vitest';
import { evaluateGates } from '../../../src/gate/evaluate.ts';
import type { GateResult, RunRecord } from '../../../src/record/schema.ts';
import { sampleRecord } from '../../support/sample-record.ts';

const record = sampleRecord('pass');

function evaluate(expression: string, run: RunRecord = record): GateResult {
  const [result] = evaluateGates(run, [expression]);
  if (result === undefined) throw new Error('no result');
  return result;
}

type Figures = Partial<RunRecord['metrics'][string]>;

/** The record with other figures for `ack_latency` and its twin from the write, by a generator that was never late. */
function withAck(changes: Figures, service: Figures = changes): RunRecord {
  const ack = record.metrics['ack_latency'];
  if (ack === undefined) throw new Error('the sample has no ack_latency');
  const metrics = {
    ...record.metrics,
    ack_latency: { ...ack, ...changes },
    ack_latency_service: { ...ack, ...service },
  };
  return withLoopDelay({ ...record, metrics }, { p50_us: 0, p99_us: 0, max_us: 0 });
}

function withLoopDelay(
  run: RunRecord,
  eventLoopDelay_us: RunRecord['generator']['eventLoopDelay_us'],
): RunRecord {
  return { ...run, generator: { ...run.generator, eventLoopDelay_us } };
}

describe('evaluateGates', () => {
  it('gives limit and actual value in the unit of the gate', () => {
    expect(evaluate('ack_latency p95 < 100ms', withAck({ p95_us: 12_345 }))).toEqual({
      expression: 'ack_latency p95 < 100ms',
      metric: 'ack_latency',
      aggregation: 'p95',
      limit: 100,
      unit: 'ms',
      actual: 12.345,
      actualService: 12.345,
      verdict: 'pass',
    });
  });

  it.each([
    ['<', ['pass', 'fail', 'fail']],
    ['<=', ['pass', 'pass', 'fail']],
    ['>', ['fail', 'fail', 'pass']],
    ['>=', ['fail', 'pass', 'pass']],
    ['==', ['fail', 'pass', 'fail']],
    ['!=', ['pass', 'fail', 'pass']],
  ])('compares with %s below, at and above the limit', (operator, expected) => {
    const verdicts = [99_999, 100_000, 100_001].map(
      (max_us) => evaluate(`ack_latency max ${operator} 100ms`, withAck({ max_us })).verdict,
    );
    expect(verdicts).toEqual(expected);
  });

  it('does not let binary fractions decide', () => {
    const run = { ...record, ratios: { ...record.ratios, ack_ratio: 0.57 } };
    expect(evaluate('ack_ratio >= 57%', run)).toMatchObject({ actual: 57, verdict: 'pass' });
    expect(evaluate('ack_ratio == 0.57', run)).toMatchObject({ actual: 0.57, verdict: 'pass' });
  });

  it.each([
    ['ack_latency count == 2000', 2_000],
    ['ack_latency rate >= 100/s', 100],
    ['events_sent == 2000', 2_000],
    ['events_sent rate == 100/s', 100],
    ['eose_latency{filter=profile} count == 500', 500],
  ])('reads counts and rates: %s', (expression, actual) => {
    expect(evaluate(expression)).toMatchObject({ actual, verdict: 'pass' });
  });

  it('sums a split counter, or takes one of its words', () => {
    const events_rejected = { 'rate-limited': 64, blocked: 12 };
    const run = { ...record, counters: { ...record.counters, events_rejected } };
    expect(evaluate('events_rejected == 0', run)).toMatchObject({ actual: 76, verdict: 'fail' });
    expect(evaluate('events_rejected{prefix=blocked} == 12', run).verdict).toBe('pass');
    expect(evaluate('events_rejected{prefix=pow} == 0', run).verdict).toBe('pass');
    expect(evaluate('events_rejected{prefix=constructor} == 0', run).verdict).toBe('pass');
  });

  it('takes the whole for the only measured phase', () => {
    expect(evaluate('ack_latency{phase=steady} max < 10s').actual).toBe(
      evaluate('ack_latency max < 10s').actual,
    );
  });
});

describe('a gate without data', () => {
  it('does not take unchecked answers for right ones', () => {
    const resolved = {
      ...record.scenario.resolved,
      corpus: { profile: 'social', events: 10 },
      workloads: { query: { check: 0.1, filters: [{ name: 'feed' }] } },
    };
    const checked = (answers_checked: number): RunRecord => ({
      ...record,
      scenario: { ...record.scenario, resolved },
      counters: { ...record.counters, answers_checked, answers_wrong: { order: 2 } },
    });
    const unchecked = evaluate('answers_wrong == 0', checked(0));
    expect(unchecked).toMatchObject({ verdict: 'no-data', reason: 'no answer was checked' });
    expect(evaluate('answers_wrong == 0', checked(9))).toMatchObject({ verdict: 'fail', actual: 2 });
    expect(evaluate('answers_wrong{reason=order} <= 2', checked(9)).verdict).toBe('pass');
    expect(evaluate('answers_wrong == 0').verdict).toBe('no-data');
  });

  it('says how many samples its percentile lacks, even though a histogram is stored', () => {
    expect(evaluate('ack_latency p99 < 1s', withAck({ p99_us: null, count: 999 }))).toMatchObject({
      actual: null,
      verdict: 'no-data',
      reason: 'only 999 samples, p99 needs 1000',
    });
  });

  it('says that nothing was sampled', () => {
    expect(evaluate('reject_latency p95 < 1s')).toMatchObject({ verdict: 'no-data', reason: 'no samples' });
  });

  it('gives the reason of the record where there is one', () => {
    const { ack_latency: _, ...metrics } = record.metrics;
    const run = { ...record, metrics, notMeasured: { ack_latency: 'the clock stood still' } };
    expect(evaluate('ack_latency p95 < 1s', run).reason).toBe('the clock stood still');
    const ratios = { ...record.ratios, ack_ratio: null };
    expect(evaluate('ack_ratio >= 99%', { ...record, ratios }).reason).toBe('nothing was counted');
  });

  it('is one on what the scenario can not produce, though a counter reads 0', () => {
    const { workloads } = record.scenario.resolved as { workloads: { publish: unknown } };
    const resolved = { ...record.scenario.resolved, workloads: { publish: workloads.publish } };
    const run = { ...record, scenario: { ...record.scenario, resolved } };
    expect(evaluate('queries_timeout == 0', run)).toMatchObject({
      actual: null,
      verdict: 'no-data',
      reason: 'queries_timeout needs a query workload, which the scenario does not have',
    });
  });

  it('has no rate where no measured phase ran', () => {
    const run = { ...record, load: { ...record.load, measured_s: 0 } };
    expect(evaluate('events_sent rate > 1/s', run)).toMatchObject({ verdict: 'no-data' });
  });

  it('still counts: no samples are 0 samples', () => {
    expect(evaluate('reject_latency count == 0')).toMatchObject({ actual: 0, verdict: 'pass' });
  });
});

describe('evaluateGates on a record that is none', () => {
  it('names what is missing', () => {
    const run = { ...record, scenario: { ...record.scenario, resolved: {} } };
    expect(() => evaluateGates(run, ['notices == 0'])).toThrowError(
      expect.objectContaining({ code: 'RECORD_INVALID', exitCode: 2 }),
    );
  });
});

describe('a gate on a latency, judged by its bounds', () => {
  /** Figures from the schedule and from the write, with an event loop that was late by 2 ms (p99) and 9 ms (at most). */
  const late = (scheduled_ms: number, service_ms: number): RunRecord => {
    const of = (ms: number): Figures => ({ p95_us: ms * 1_000, p999_us: ms * 1_000, max_us: ms * 1_000 });
    const run = withAck(of(scheduled_ms), of(service_ms));
    return withLoopDelay(run, { p50_us: 100, p99_us: 2_000, max_us: 9_000 });
  };

  it.each([
    // from the schedule, from the write, verdicts of <, <=, > and >= 100 ms
    [99, 20, 'pass', 'pass', 'fail', 'fail'],
    // A percentile of 100 ms lies in a bucket from 99.97 to 100.03 ms.
    [100, 20, 'pass', 'pass', 'undecided', 'undecided'],
    [180, 20, 'undecided', 'undecided', 'undecided', 'undecided'],
    [180, 101.9, 'undecided', 'undecided', 'undecided', 'undecided'],
    [180, 102, 'fail', 'undecided', 'undecided', 'pass'],
    [180, 102.1, 'fail', 'fail', 'pass', 'pass'],
  ])('of %d ms from the schedule and %d ms from the write', (scheduled_ms, service_ms, ...expected) => {
    const run = late(scheduled_ms, service_ms);
    const verdicts = ['<', '<=', '>', '>='].map(
      (operator) => evaluate(`ack_latency p95 ${operator} 100ms`, run).verdict,
    );
    expect(verdicts).toEqual(expected);
  });

  it('gives both figures and says why it is undecided', () => {
    expect(evaluate('ack_latency p95 < 100ms', late(180, 20))).toMatchObject({
      actual: 180,
      actualService: 20,
      verdict: 'undecided',
      reason:
        "180 ms from the schedule, 20 ms from the write, and the generator's event loop was late by up to 2 ms",
    });
  });

  it.each(['p999', 'max'])(
    'takes the longest gap of the event loop for %s, which one answer decides',
    (of) => {
      expect(evaluate(`ack_latency ${of} < 100ms`, late(180, 108)).verdict).toBe('undecided');
      expect(evaluate(`ack_latency ${of} < 100ms`, late(180, 110)).verdict).toBe('fail');
    },
  );

  it('asks an equality of the figure from the schedule', () => {
    expect(evaluate('ack_latency p95 == 180ms', late(180, 20)).verdict).toBe('pass');
    expect(evaluate('ack_latency p95 != 180ms', late(180, 20)).verdict).toBe('fail');
    expect(evaluate('ack_latency p95 == 20ms', late(180, 20)).verdict).toBe('fail');
  });

  it('bounds a latency from the write by the event loop alone', () => {
    expect(evaluate('ack_latency_service p95 < 100ms', late(180, 101))).toMatchObject({
      verdict: 'undecided',
      actual: 101,
      actualService: 101,
    });
    expect(evaluate('ack_latency_service p95 < 100ms', late(180, 103)).verdict).toBe('fail');
  });

  it('takes the event loop of the phase that it is about', () => {
    const run = late(180, 105);
    const [warmup, steady] = run.load.phases;
    if (warmup === undefined || steady === undefined) throw new Error('the sample has two phases');
    const phases = [warmup, { ...steady, loopDelay_us: { p50_us: 0, p99_us: 50_000, max_us: 60_000 } }];
    const disturbed = { ...run, load: { ...run.load, phases } };
    expect(evaluate('ack_latency{phase=steady} p95 < 100ms', disturbed).verdict).toBe('undecided');
    expect(evaluate('ack_latency p95 < 100ms', disturbed).verdict).toBe('fail');
  });

  it.each([
    ['send_lag max < 1ms', 'fail'],
    ['ack_latency count == 5', 'fail'],
    ['ack_latency rate >= 1/s', 'pass'],
    ['ack_ratio >= 100%', 'pass'],
    ['notices == 1', 'fail'],
  ])('leaves what has no twin decided: %s', (expression, verdict) => {
    const result = evaluate(expression, late(180, 20));
    expect(result.verdict).toBe(verdict);
    expect(result.actualService).toBeUndefined();
  });

  it.each(['max', 'mean', 'p95'])('has no %s where operations never ended', (of) => {
    const run = withAck({ censored: 300, count: 2_000, p95_us: null });
    expect(evaluate(`ack_latency ${of} < 10s`, run)).toMatchObject({
      verdict: 'no-data',
      reason: '300 of 2300 operations never ended',
    });
  });
});

describe('the gate of an audit', () => {
  const audited = (found: number) => ({
    ...record,
    audit: { acknowledged: 100, found, lost: [], relays: 3 },
  });

  it('counts what was acknowledged and not found', () => {
    expect(evaluate('lost_events == 0', audited(100)).verdict).toBe('pass');
    expect(evaluate('lost_events == 0', audited(98))).toMatchObject({ actual: 2, verdict: 'fail' });
  });

  it('has no data where reading back was cut short, unless something is lost already', () => {
    const cut = (found: number) => ({
      ...record,
      audit: { ...audited(found).audit, invariants: [checked('I1', 100, 100 - found, 'time was up')] },
    });
    expect(evaluate('lost_events == 0', cut(100))).toMatchObject({
      verdict: 'no-data',
      reason: 'time was up',
    });
    expect(evaluate('lost_events == 0', cut(99))).toMatchObject({ actual: 1, verdict: 'fail' });
  });

  const checked = (
    id: 'I1' | 'I2' | 'I4',
    looked: number,
    violated: number,
    reason: string | null = null,
  ) => {
    return { id, checked: looked, violated, reason, basis: 'read by id', violations: [] };
  };
  const withInvariants = (...invariants: ReturnType<typeof checked>[]) => ({
    ...record,
    audit: { ...audited(100).audit, invariants },
  });

  it('has no data where nothing had to be there', () => {
    const idle = {
      ...record,
      audit: {
        acknowledged: 0,
        found: 0,
        lost: [],
        invariants: [checked('I1', 0, 0, 'there was nothing to check')],
      },
    };
    expect(evaluate('lost_events == 0', idle)).toMatchObject({
      verdict: 'no-data',
      reason: 'I1 was not checked: there was nothing to check',
    });
  });

  it('counts what breaks any invariant, or one of them', () => {
    const run = withInvariants(checked('I1', 100, 0), checked('I2', 5, 2), checked('I4', 0, 0, 'no version'));
    expect(evaluate('audit_violations == 0', run)).toMatchObject({ actual: 2, verdict: 'fail' });
    expect(evaluate('audit_violations{invariant=I1} == 0', run)).toMatchObject({
      actual: 0,
      verdict: 'pass',
    });
    expect(evaluate('audit_violations{invariant=I2} == 0', run)).toMatchObject({
      actual: 2,
      verdict: 'fail',
    });
  });

  it('has no data of an invariant that was not checked, and none at all where none was', () => {
    const run = withInvariants(checked('I1', 100, 0), checked('I4', 0, 0, 'no version'));
    expect(evaluate('audit_violations{invariant=I4} == 0', run)).toMatchObject({
      verdict: 'no-data',
      reason: 'I4 was not checked: no version',
    });
    expect(evaluate('audit_violations == 0', run).verdict).toBe('pass');
    expect(evaluate('audit_violations == 0', withInvariants(checked('I1', 0, 0, 'none'))).verdict).toBe(
      'no-data',
    );
    expect(evaluate('audit_violations == 0', audited(100)).verdict).toBe('no-data');
  });

  it('knows which invariants there are', () => {
    expect(evaluate('audit_violations{invariant=I11} == 0', audited(100))).toMatchObject({
      verdict: 'no-data',
      reason: expect.stringContaining('an audit has no invariant "I11": use I1, I2'),
    });
  });

  it('has no data where nothing was read back', () => {
    const run = { ...record, audit: null, notMeasured: { audit: 'the relay is gone' } };
    expect(evaluate('lost_events == 0', run)).toMatchObject({
      actual: null,
      verdict: 'no-data',
      reason: 'the relay is gone',
    });
  });
});
