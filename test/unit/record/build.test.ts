import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';
import { buildRecord } from '../../../src/record/build.ts';
import { runRecordSchema } from '../../../src/record/schema.ts';
import type { FaultLog } from '../../../src/result/fault-log.ts';
import { noCounters, sampleCeiling, sampleInput, sampleResult } from '../../support/sample-record.ts';

const FAILED_FAULT: FaultLog = {
  ...{ action: 'kill', on: 'relay/2', parts: ['relay-2'], plannedMs: 12_000, struckMs: null },
  ...{ forMs: null, undoneMs: null, detail: null, problem: 'no such part', notices: [] },
};
const counters = noCounters();
const result = sampleResult({ counters, slowdown: 1 });

describe('buildRecord', () => {
  it('makes a record that satisfies the schema', () => {
    expect(() => runRecordSchema.parse(buildRecord(sampleInput()))).not.toThrow();
  });

  it('takes every percentile from the histograms', () => {
    const input = sampleInput();
    const record = buildRecord(input);
    for (const [key, histogram] of input.result.histograms) {
      expect(record.metrics[key]).toEqual(histogram.summary());
    }
  });

  it('masks secrets in target URLs', () => {
    const target = { kind: 'url' as const, urls: ['wss://me:pw@relay.example/?t=1'], nip11: null };
    expect(buildRecord({ ...sampleInput(), target }).target.urls).toEqual(['wss://***@relay.example/?***']);
  });

  it('is invalid when an event has no outcome', () => {
    const record = buildRecord({
      ...sampleInput(),
      result: { ...result, counters: { ...counters, events_accepted: 1 } },
    });
    expect(record.validity.verdict).toBe('invalid');
    expect(record.validity.reasons).toEqual([expect.stringContaining('conservation violated')]);
    expect(record.verdict).toBe('invalid');
  });

  it('is invalid when a histogram refused a value', () => {
    const histogram = new LatencyHistogram();
    histogram.record(Number.NaN);
    const record = buildRecord({
      ...sampleInput(),
      result: { ...result, histograms: new Map([['ack_latency', histogram]]) },
    });
    expect(record.validity.reasons).toEqual([
      expect.stringContaining('ack_latency: 1 samples were not numbers'),
    ]);
  });

  it('doubts a run whose generator came near its ceiling, and only such a one', () => {
    const reasonsAt = (share: number) =>
      buildRecord({ ...sampleInput(), ceiling: sampleCeiling({ share }) }).generator.doubts.map(
        ({ text }) => text,
      );
    expect(reasonsAt(0.7)).toEqual([]);
    expect(reasonsAt(0.7004)).toEqual(['generator near its ceiling: 71 % (limit 70 %)']);
    expect(reasonsAt(0.934)).toEqual(['generator near its ceiling: 94 % (limit 70 %)']);
  });

  it("keeps the engine's own reasons first", () => {
    const invalidities = [{ kind: 'worker-lost', text: 'lost' }] as const;
    const broken = { ...result, invalidities, counters: { ...counters, events_accepted: 1 } };
    expect(buildRecord({ ...sampleInput(), result: broken }).validity.reasons[0]).toBe('lost');
  });

  it('adds the caller’s caveats to the standard ones', () => {
    const record = buildRecord({ ...sampleInput(), caveats: ['mine'] });
    expect(record.caveats.at(-1)).toBe('mine');
    expect(record.caveats.length).toBeGreaterThan(1);
  });

  it('is invalid where the target was not broken as the scenario asks', () => {
    const record = buildRecord({ ...sampleInput(), faults: [FAILED_FAULT] });
    expect(record.validity.reasons).toEqual(['fault kill on relay/2: no such part']);
  });

  it('does not say that the target closed connections where something was broken on purpose', () => {
    const failures = [
      { kind: 'connections-closed', text: 'the relay closed 500 of 500 connections' },
      { kind: 'subscriptions-refused', text: 'the relay refused 3 of 20 live subscriptions' },
    ] as const;
    const input = { ...sampleInput(), result: { ...result, failures } };
    const kinds = (record: { failures: readonly { kind: string }[] }): string[] =>
      record.failures.map(({ kind }) => kind);
    expect(kinds(buildRecord(input))).toEqual(['connections-closed', 'subscriptions-refused']);
    expect(kinds(buildRecord({ ...input, faults: [FAILED_FAULT] }))).toEqual(['subscriptions-refused']);
  });

  it('blames no fault where the run was ended early', () => {
    const { result: whole, ...input } = sampleInput();
    const record = buildRecord({ ...input, result: { ...whole, partial: true }, faults: [FAILED_FAULT] });
    expect(record.validity.reasons).toEqual([]);
  });

  it('says what checked the signatures of events that came, where something did', () => {
    const verifier = { kind: 'wasm' as const, library: null, reason: 'libsecp256k1 is not installed' };
    const record = buildRecord({ ...sampleInput(), verifier });
    expect(runRecordSchema.parse(record).generator.verifier).toEqual(verifier);
    expect(buildRecord(sampleInput()).generator).not.toHaveProperty('verifier');
  });

  it('keeps what was deleted at the end, where that was asked for', () => {
    const cleanUp = { found: 3, deleted: 3, requests: 1, refused: {}, problems: [] };
    expect(buildRecord({ ...sampleInput(), cleanUp }).cleanUp).toEqual(cleanUp);
    expect(buildRecord(sampleInput())).not.toHaveProperty('cleanUp');
  });

  it('keeps evidence of what no filter asked for', () => {
    const evidence = {
      deliveries_unmatched: [
        { atMs: 1, connection: 1, subscription: 's', filter: null, expected: [], got: [] },
      ],
    };
    const record = buildRecord({ ...sampleInput(), result: { ...result, evidence } });
    expect(record.evidence['deliveries_unmatched']?.[0]?.filter).toBeNull();
  });
});
