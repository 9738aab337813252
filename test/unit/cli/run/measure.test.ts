import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Lookup } from '../../../../src/calibrate/lookup.ts';
import { prepareAudit, type RunAudit } from '../../../../src/cli/run/audit-run.ts';
import { type MeasureRequest, measure } from '../../../../src/cli/run/measure.ts';
import type { NamedRelay } from '../../../../src/cli/run/named-relays.ts';
import type { RunPlan } from '../../../../src/engine/run-plan.ts';
import { openVerifier } from '../../../../src/nostr/verifier.ts';
import type { Plan } from '../../../../src/plan/plan.ts';
import type { RunResult } from '../../../../src/result/run-result.ts';
import { eventually } from '../../../support/eventually.ts';
import { startHttpReceiver } from '../../../support/http-receiver.ts';
import { sampleCalibration } from '../../../support/sample-calibration.ts';
import { EVERYTHING, samplePlan } from '../../../support/sample-plan.ts';
import { noCounters, sampleResult } from '../../../support/sample-record.ts';
import { tempDir } from '../../../support/temp-dir.ts';

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

describe('what checks signatures', () => {
  const found: Lookup = { calibration: null, reason: 'none' };
  const measured = async (plan: Partial<Plan>) => {
    const overrides = { noDefaultGates: true };
    const asked = samplePlan({ workloads: { query: EVERYTHING.query } }, { overrides });
    const request = { ...requestOf(found), plan: { ...asked, ...plan } };
    const run = vi.fn<RunPlan>(async () => sampleResult({ counters: noCounters(), slowdown: 1 }));
    const record = await measure(request, run);
    return { record, planned: run.mock.calls[0]?.[0].plan.verifier };
  };

  it('is found out before the load, the same for all workers, and stands in the record', async () => {
    const { record, planned } = await measured({ verifier: 'auto', verifyShare: 0.01 });
    const { verifies, ...inUse } = openVerifier('auto');
    expect(record.generator.verifier).toEqual(inUse);
    expect(planned).toBe(inUse.kind);
    expect(verifies).toBeTypeOf('function');
  });

  it('is WebAssembly where that is asked for', async () => {
    const { record, planned } = await measured({ verifier: 'wasm', verifyShare: 0.01 });
    expect(record.generator.verifier).toEqual({ kind: 'wasm', library: null, reason: null });
    expect(planned).toBe('wasm');
  });

  it('is left out where nothing is verified', async () => {
    const { record } = await measured({ verifier: 'wasm', verifyShare: 0 });
    expect(record.generator).not.toHaveProperty('verifier');
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

describe('a run with an audit', () => {
  const found: Lookup = { calibration: null, reason: 'none' };
  const result = sampleResult({
    counters: { ...noCounters(), events_sent: 7, events_accepted: 7 },
    slowdown: 1,
  });
  const acknowledging: RunPlan = async ({ onHistory }) => {
    onHistory?.(Buffer.alloc(7 * 32));
    return result;
  };
  const audited = (carryOut: RunAudit['carryOut']): RunAudit => ({
    onHistory: () => undefined,
    prepare: async () => null,
    carryOut,
  });

  it('has its record before anything is read back', async () => {
    const steps: string[] = [];
    const audit = audited(async () => {
      steps.push('audit');
      return { result: { acknowledged: 7, found: 7, lost: [], relays: 1 }, reason: null };
    });
    const onMeasured: MeasureRequest['onMeasured'] = async ({ counters, notMeasured }) => {
      steps.push(`measured ${counters.events_sent}, audit: ${notMeasured['audit']}`);
    };
    const record = await measure({ ...requestOf(found), audit, onMeasured }, acknowledging);
    expect(steps).toEqual(['measured 7, audit: the audit has not ended', 'audit']);
    expect(record.audit?.found).toBe(7);
  });

  it('is kept with a caveat where the disk is too full for the history', async () => {
    const directory = await tempDir();
    await symlink('/dev/full', join(directory, 'history.bin'));
    const written: string[] = [];
    const io = { stderr: { write: (text: string) => written.push(text) > 0 } };
    const request = requestOf(found);
    const audit = prepareAudit({ plan: request.plan, wanted: true, directory, io: io as never });
    const record = await measure({ ...request, audit }, acknowledging);
    expect(record.counters.events_sent).toBe(7);
    expect(record.audit).toBeNull();
    expect(record.notMeasured['audit']).toContain('ENOSPC');
    expect(record.caveats).toContainEqual(expect.stringMatching(/^nothing was audited: .*ENOSPC/));
    expect(written).toEqual([]);
  });

  it('is cleaned up after at the end, and its record says what became of that', async () => {
    const steps: string[] = [];
    const audit = audited(async () => {
      steps.push('audit');
      return { result: { acknowledged: 7, found: 7, lost: [], relays: 1 }, reason: null };
    });
    const cleanUp: MeasureRequest['cleanUp'] = async ({ urls }) => {
      steps.push(`clean-up of ${urls.length}`);
      return { found: 7, deleted: 5, requests: 1, refused: { blocked: 2 }, problems: [] };
    };
    const record = await measure({ ...requestOf(found), audit, cleanUp }, acknowledging);
    expect(steps).toEqual(['audit', 'clean-up of 1']);
    expect(record.cleanUp).toEqual({
      found: 7,
      deleted: 5,
      requests: 1,
      refused: { blocked: 2 },
      problems: [],
    });
    expect(record.caveats).toContainEqual(
      expect.stringMatching(/^clean-up: 5 of 7 events are gone; 2 are still there/),
    );
  });

  it('is kept where the clean-up breaks, which is told as the bug that it is', async () => {
    const onCrash = vi.fn();
    const cleanUp = (): Promise<never> => Promise.reject(new TypeError('y is not a function'));
    const record = await measure({ ...requestOf(found), cleanUp, onCrash }, acknowledging);
    expect(record.counters.events_sent).toBe(7);
    expect(onCrash).toHaveBeenCalledOnce();
  });

  it('is kept where the audit breaks, which is told as the bug that it is', async () => {
    const onCrash = vi.fn();
    const audit = audited(() => Promise.reject(new TypeError('x is not a function')));
    const record = await measure({ ...requestOf(found), audit, onCrash }, acknowledging);
    expect(record.counters.events_sent).toBe(7);
    expect(record.notMeasured['audit']).toBe('x is not a function');
    expect(onCrash).toHaveBeenCalledOnce();
  });
});

describe('a run against a relay that a command has started', () => {
  const result = sampleResult({ counters: noCounters(), slowdown: 1 });
  const named = (endedBy: string | null): NamedRelay => ({
    name: 'mine',
    url: RELAY,
    started: {
      command: './relay {port}',
      readyMs: 40,
      log: 'relay-mine.log',
      dataBytes: async () => 4_096,
      endedBy: () => endedBy,
      said: () => 'panic: out of memory',
    },
  });
  const recordAgainst = (endedBy: string | null, caveats: readonly string[] = []) => {
    const request = requestOf({ calibration: null, reason: 'none' });
    return measure(
      { ...request, target: { ...request.target, named: [named(endedBy)], caveats } },
      async () => result,
    );
  };

  it('has its command, its log and the size of its data in the record', async () => {
    const { target, caveats } = await recordAgainst(null);
    expect(target.relays).toEqual([
      {
        ...{ name: 'mine', url: `${RELAY}/`, command: './relay {port}' },
        ...{ log: 'relay-mine.log', readyMs: 40, dataBytes: 4_096 },
      },
    ]);
    expect(caveats.join()).not.toContain('mine');
  });

  it('says that the relay has ended, with the end of its log', async () => {
    expect((await recordAgainst('SIGSEGV')).caveats).toContainEqual(
      'the relay mine ended with SIGSEGV before the run was over; the end of its log: panic: out of memory',
    );
  });

  it('says what can not be known of its target', async () => {
    expect((await recordAgainst(null, ['nothing of it can be read'])).caveats).toContain(
      'nothing of it can be read',
    );
  });
});

describe('a run that is followed', () => {
  const found: Lookup = { calibration: null, reason: 'none' };
  const counters = { ...noCounters(), events_sent: 7, events_accepted: 7 };
  const result = sampleResult({ counters, slowdown: 1 });

  it('tells its record so far from the start of the load, with its name and its gates as they stand', async () => {
    const base = requestOf(found);
    const plan = { ...base.plan, gates: ['events_sent >= 100', 'notices == 0'] };
    const told: string[] = [];
    const running: RunPlan = async ({ onSnapshot }) => {
      expect(told).toEqual([]);
      onSnapshot?.(() => result);
      return result;
    };
    const record = await measure(
      {
        ...base,
        plan,
        runId: 'r1',
        onSoFar: (recordSoFar) => {
          const { runId, gates, counters: counted } = recordSoFar();
          told.push(runId, String(counted.events_sent), ...gates.map(({ verdict }) => verdict));
        },
      },
      running,
    );
    expect(told).toEqual(['r1', '7', 'undecided', 'pass']);
    expect(record.runId).toBe('r1');
  });

  it('keeps what the relay said of itself in the measured phases', async () => {
    const relay = await startHttpReceiver(() => ({
      status: 200,
      text: 'nostr_client_messages_total{verb="EVENT"} 7\n',
    }));
    onTestFinished(() => relay.stop());
    const running: RunPlan = async ({ onProgress }) => {
      const phase = { name: 'steady', kind: 'measured', start_s: 0, end_s: 1 } as const;
      onProgress({ type: 'started', phases: [phase] });
      await eventually('a question to the relay', () => relay.received.length > 0);
      onProgress({ type: 'finished' });
      return result;
    };
    const record = await measure({ ...requestOf(found), relayMetrics: [relay.url] }, running);
    expect(record.relayMetrics).toMatchObject([{ url: `${relay.url}/`, scrapes: expect.any(Number) }]);
    expect(await measure(requestOf(found), running)).not.toHaveProperty('relayMetrics');
  });
});
