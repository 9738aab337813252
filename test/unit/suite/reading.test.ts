import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../../../src/record/schema.ts';
import {
  acknowledgedRate,
  dataSize,
  memoryOfConnection,
  percentileOf,
  restartTime,
} from '../../../src/suite/reading.ts';
import { runOf, withUnanswered } from '../../support/sample-runs.ts';

const CONTEXT = { restarted: false };
const MIB = 2 ** 20;

describe('a percentile', () => {
  test('has the value of the record within its interval', () => {
    const record = runOf(1);
    const found = percentileOf('ack_latency', 'p95')(record, CONTEXT);
    expect(found.value).toBe(record.metrics['ack_latency']?.p95_us);
    expect(found.low).toBeLessThan(found.value ?? 0);
    expect(found.high).toBeGreaterThan(found.value ?? Number.POSITIVE_INFINITY);
    expect(found.reason).toBeNull();
  });

  test('takes the interval of the record where it has one', () => {
    const record = runOf(1);
    const summary = record.metrics['ack_latency'];
    if (summary === undefined) throw new Error('no ack_latency');
    const effective = { p95: { samples: 100, low_us: 5, high_us: null } };
    const changed = { ...record, metrics: { ack_latency: { ...summary, effective } } };
    expect(percentileOf('ack_latency', 'p95')(changed, CONTEXT)).toMatchObject({ low: 5, high: null });
  });

  test('that a run is too short for has none, and says what it needs', () => {
    const found = percentileOf('ack_latency', 'p999')(runOf(1), CONTEXT);
    expect(found).toEqual({ value: null, low: null, high: null, reason: '400 samples, p999 needs 10000' });
  });

  test('among the unanswered has none either', () => {
    const found = percentileOf('ack_latency', 'p95')(withUnanswered(runOf(1), 100), CONTEXT);
    expect(found.value).toBeNull();
    expect(found.reason).toBe('100 of 500 were never answered');
  });

  test('of what was not answered at all says so', () => {
    expect(percentileOf('count_latency', 'p50')(runOf(1), CONTEXT).reason).toBe('nothing was answered');
  });
});

describe('the rate of what was acknowledged', () => {
  test('is that of the measured time, as exact as its seconds are alike', () => {
    const record = runOf(1);
    const [row] = record.intervals;
    if (row === undefined) throw new Error('no seconds');
    const phase = record.load.phases.find(({ kind }) => kind === 'measured')?.name ?? '';
    const seconds = [90, 100, 110, 100].map((acked, t) => ({ ...row, t, phase, acked }));
    const load = { ...record.load, measured_s: 4 };
    const found = acknowledgedRate({ ...record, load, intervals: seconds }, CONTEXT);
    expect(found.value).toBe(100);
    // Student's 3.182 times 8.165 over the root of four.
    expect(found.low).toBeCloseTo(100 - 12.99, 1);
    expect(found.high).toBeCloseTo(100 + 12.99, 1);
    expect(acknowledgedRate({ ...record, load, intervals: seconds.slice(2) }, CONTEXT)).toMatchObject({
      low: null,
    });
  });

  test('of nothing is none', () => {
    expect(acknowledgedRate({ ...runOf(1), metrics: {} }, CONTEXT)).toMatchObject({ value: null });
  });
});

describe('the memory of an idle connection', () => {
  const component = (rss: readonly (number | null)[]): RunRecord['components'][number] => ({
    ...{ name: 'relay', role: 'started relay', pid: 1, cpu_s: 1, cpuShare: 0.1, rssMax_bytes: null },
    samples: rss.map((rss_bytes, t) => ({ t, cpuShare: null, rss_bytes, figures: null })),
  });
  const idleRun = (components: RunRecord['components']): RunRecord => {
    const record = runOf(1);
    const [phase] = record.load.phases;
    const summary = record.metrics['ack_latency'];
    if (phase === undefined || summary === undefined) throw new Error('not a whole record');
    const measuredPhase = { ...phase, kind: 'measured' as const };
    return {
      ...record,
      components,
      metrics: { connect_latency: { ...summary, count: 1_000 } },
      load: {
        ...record.load,
        phases: [
          { ...measuredPhase, name: 'open', start_s: 2, end_s: 4 },
          { ...measuredPhase, name: 'idle', start_s: 4, end_s: 8 },
        ],
      },
    };
  };
  const read = memoryOfConnection('idle');

  test('is what the relay has grown by, over their number, with the range of the idle samples', () => {
    const found = read(idleRun([component([50, 60, 69, 70, 72, 71].map((mib) => mib * MIB))]), CONTEXT);
    expect(found).toEqual({
      value: (21 * MIB) / 1_000,
      low: (20 * MIB) / 1_000,
      high: (22 * MIB) / 1_000,
      reason: null,
    });
  });

  test('adds up all processes of the relay', () => {
    const one = component([10, 10, 10, 20].map((mib) => mib * MIB));
    expect(read(idleRun([one, one]), CONTEXT).value).toBe((20 * MIB) / 1_000);
  });

  test('is not known of a relay whose processes are not sampled', () => {
    expect(read(idleRun([]), CONTEXT).reason).toContain('NAME=COMMAND');
    expect(read(idleRun([component([null, null])]), CONTEXT).reason).toContain('could not be read');
    expect(read({ ...idleRun([]), metrics: {} }, CONTEXT).reason).toBe('no connection was opened');
  });
});

describe('what outlives a restart', () => {
  const started = (readyMs: number | null, dataBytes: number | null): RunRecord => {
    const record = runOf(1);
    const relay = { name: 'mine', url: 'ws://127.0.0.1:1/', command: 'mine', log: null, readyMs, dataBytes };
    return { ...record, target: { ...record.target, relays: [relay] } };
  };

  test('is how long it took and what lies on disk', () => {
    expect(restartTime(started(250, 1_000), { restarted: true })).toMatchObject({
      value: 250_000,
      low: null,
    });
    expect(dataSize(started(250, 1_000), { restarted: true })).toMatchObject({ value: 1_000, high: null });
  });

  test('is not told of a relay that was not started again', () => {
    for (const read of [restartTime, dataSize])
      expect(read(started(250, 1_000), CONTEXT)).toMatchObject({
        value: null,
        reason: expect.stringContaining('{dir}'),
      });
  });

  test('has a reason where it could not be read', () => {
    expect(restartTime(started(null, null), { restarted: true }).reason).toBe('it was not measured');
    expect(dataSize(started(null, null), { restarted: true }).reason).toBe('its directory could not be read');
  });
});
