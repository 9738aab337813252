import { describe, expect, it } from 'vitest';
import { blameGenerator, NO_BAD_SECONDS } from '../../../src/engine/validity.ts';
import { evaluateGates } from '../../../src/gate/evaluate.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';
import { buildRecord } from '../../../src/record/build.ts';
import { judge } from '../../../src/record/judge.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { sampleInput } from '../../support/sample-record.ts';

const GATES = ['ack_latency p95 < 100ms', 'ack_ratio >= 100%'];
const OPERATIONS = 1_800;

/** A histogram of so many samples of which a share is large. */
function histogramOf(count: number, most_ms: number, few_ms = most_ms, share = 0): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (let i = 0; i < count; i++) histogram.record((i < count * share ? few_ms : most_ms) * 1_000);
  return histogram;
}

interface Case {
  /** How late the writes were, as (most, some, share of those). */
  readonly lag: readonly [most_ms: number, some_ms: number, share: number];
  /** What ack_latency was from the schedule and from the write. */
  readonly ack_ms: readonly [scheduled: number, service: number];
  readonly loopDelayP99_ms: number;
  readonly operations?: number;
  readonly gates?: readonly string[];
}

/** The whole way from what an engine measured to the exit code. */
function runOf({ lag, ack_ms, loopDelayP99_ms, operations = OPERATIONS, gates = GATES }: Case): RunRecord {
  const input = sampleInput();
  const sendLag = histogramOf(operations, ...lag);
  const { doubts } = blameGenerator({
    model: 'open',
    offered: operations,
    written: operations,
    writtenTooLate: 0,
    droppedArrivals: 0,
    sendLag,
    medianLatency_us: null,
    seconds: NO_BAD_SECONDS,
    lateWhileCold: null,
    lostWorkers: [],
    phases: [],
  });
  const histograms = new Map([
    ...input.result.histograms,
    ['ack_latency', histogramOf(operations, ack_ms[0])],
    ['ack_latency_service', histogramOf(operations, ack_ms[1])],
  ]);
  const delay_us = loopDelayP99_ms * 1_000;
  const generator = {
    ...input.result.generator,
    eventLoopDelay_us: { p50_us: 100, p99_us: delay_us, max_us: delay_us },
    doubts: [...doubts],
  };
  const record = buildRecord({ ...input, result: { ...input.result, histograms, generator } });
  return judge(record, evaluateGates(record, gates), null);
}

describe('the verdict on a run whose generator was late', () => {
  it('is that of its gates where they hold all the same: a p99 lag of 5.9 ms beside a p95 of 30 ms', () => {
    const run = runOf({ lag: [0.1, 5.9, 0.02], ack_ms: [30, 28], loopDelayP99_ms: 6 });
    expect(run.generator.doubts).toHaveLength(1);
    expect(run).toMatchObject({ verdict: 'pass', exitCode: 0, validity: { verdict: 'valid', reasons: [] } });
    expect(run.caveats[0]).toMatch(/^generator late: 36 of 1800 operations .* is included, so/);
  });

  it('is not touched by two late writes of 180', () => {
    const run = runOf({
      lag: [0.1, 40, 2 / 180],
      ack_ms: [30, 28],
      loopDelayP99_ms: 1,
      operations: 180,
      gates: ['ack_ratio >= 100%'],
    });
    expect(run.generator.doubts).toEqual([]);
    expect(run).toMatchObject({ verdict: 'pass', exitCode: 0 });
  });

  it('is 103 where it was starved and a gate may be broken by that alone', () => {
    const run = runOf({ lag: [60, 400, 0.3], ack_ms: [300, 20], loopDelayP99_ms: 50 });
    expect(run).toMatchObject({ verdict: 'invalid', exitCode: 103 });
    expect(run.validity.reasons[0]).toMatch(
      /^ack_latency p95 < 100ms is undecided: 300 ms .* 20 ms from the write/,
    );
    expect(run.validity.owners).toEqual(['generator', 'generator']);
  });

  it('is 99 where the relay was slow by itself, however late the generator was', () => {
    const run = runOf({ lag: [60, 400, 0.3], ack_ms: [700, 300], loopDelayP99_ms: 50 });
    expect(run).toMatchObject({ verdict: 'fail', exitCode: 99, validity: { verdict: 'valid' } });
  });

  it('is 103 where no gate on a latency says that the figures are low enough all the same', () => {
    const run = runOf({
      lag: [60, 400, 0.3],
      ack_ms: [30, 20],
      loopDelayP99_ms: 5,
      gates: ['ack_ratio >= 100%'],
    });
    expect(run).toMatchObject({ verdict: 'invalid', exitCode: 103 });
    expect(run.validity.kinds).toEqual(['generator-late']);
  });
});
