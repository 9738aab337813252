import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';
import { buildRecord } from '../../../src/record/build.ts';
import { runRecordSchema } from '../../../src/record/schema.ts';
import { noCounters, sampleCeiling, sampleInput, sampleResult } from '../../support/sample-record.ts';

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
});
