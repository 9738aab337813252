import { describe, expect, it, vi } from 'vitest';
import type { Lookup } from '../../../../src/calibrate/lookup.ts';
import { type MeasureRequest, measure } from '../../../../src/cli/run/measure.ts';
import type { RunPlan } from '../../../../src/engine/run-plan.ts';
import type { RunResult } from '../../../../src/engine/run-result.ts';
import { sampleCalibration } from '../../../support/sample-calibration.ts';
import { samplePlan } from '../../../support/sample-plan.ts';
import { noCounters, sampleResult } from '../../../support/sample-record.ts';

const RELAY = 'ws://127.0.0.1:1';
const calibration = sampleCalibration();

function requestOf(found: Lookup): MeasureRequest {
  return {
    plan: samplePlan({ connections: { count: 64 } }, { overrides: { noDefaultGates: true } }),
    target: {
      kind: 'url',
      relays: [{ url: RELAY, host: '127.0.0.1', addresses: ['127.0.0.1'], problem: null }],
      processes: [],
      close: async () => undefined,
    },
    information: { information: null, reason: 'says nothing' },
    calibration: found,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  };
}

/** The record of a run on 64 connections that wrote so many events a second. */
async function recordOf(found: Lookup, events_per_s: number) {
  const counters = { ...noCounters(), events_sent: events_per_s * 20, events_accepted: events_per_s * 20 };
  const result: RunResult = sampleResult({ counters, slowdown: 1 });
  return measure(requestOf(found), async () => result);
}

describe('a run and the calibration of its machine', () => {
  it('cites the ceiling and how near it came', async () => {
    const record = await recordOf({ calibration }, 16_000);
    expect(record.generator.ceiling).toMatchObject({
      calibratedAt: calibration.calibratedAt,
      eventsPerSecond: 160_000,
      share: 0.1,
    });
    expect(record.validity.verdict).toBe('valid');
    expect(record.caveats.join()).not.toContain('ceiling');
  });

  it('is invalid above 70 % of it where no gate on a latency was judged', async () => {
    const record = await recordOf({ calibration }, 128_000);
    expect(record.validity).toEqual({
      verdict: 'invalid',
      reasons: ['generator near its ceiling: 80 % (limit 70 %)'],
      owners: ['generator'],
      kinds: ['near-ceiling'],
    });
    expect(record.exitCode).toBe(103);
  });

  it('says why it knows no ceiling', async () => {
    const record = await recordOf({ calibration: null, reason: 'the calibration is stale' }, 128_000);
    expect(record.generator.ceiling).toBeNull();
    expect(record.notMeasured).toMatchObject({
      'generator.ceiling': 'the calibration is stale',
      'target.nip11': 'says nothing',
    });
    expect(record.caveats).toContainEqual(expect.stringContaining('own ceiling is not known'));
    expect(record.validity.verdict).toBe('valid');
  });
});

describe('a run in which relay-bench itself breaks', () => {
  const found: Lookup = { calibration: null, reason: 'none' };
  const broken: RunPlan = async ({ onSnapshot }) => {
    onSnapshot?.(() => sampleResult({ counters: { ...noCounters(), events_sent: 7 }, slowdown: 1 }));
    throw new TypeError('x is not a function');
  };

  it('has the record of what was measured until then', async () => {
    const onCrash = vi.fn();
    const record = await measure({ ...requestOf(found), onCrash }, broken);
    expect(record).toMatchObject({ partial: true, counters: { events_sent: 7 } });
    expect(onCrash).toHaveBeenCalledExactlyOnceWith(new TypeError('x is not a function'));
  });

  it('has none where nothing was measured', async () => {
    const early: RunPlan = () => Promise.reject(new TypeError('x is not a function'));
    await expect(measure({ ...requestOf(found), onCrash: vi.fn() }, early)).rejects.toThrow(TypeError);
  });
});
