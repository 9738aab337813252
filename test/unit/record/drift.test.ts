import { describe, expect, it } from 'vitest';
import { buildRecord } from '../../../src/record/build.ts';
import { type DriftSources, driftsOf } from '../../../src/record/drift.ts';
import { sampleInput, sampleRecord, sampleResult } from '../../support/sample-record.ts';

const { load, intervals, components } = sampleRecord('pass');

/** A relay whose memory is as `at` says, every ten seconds for ten minutes. */
function sourcesOf(at: (t: number) => number | null): DriftSources {
  const samples = Array.from({ length: 61 }, (_, i) => ({
    ...{ t: i * 10, cpuShare: 0.1, figures: null },
    rss_bytes: at(i * 10),
  }));
  return { load, intervals, components: components.map((relay) => ({ ...relay, samples })) };
}

const rssOf = (at: (t: number) => number | null) => driftsOf(sourcesOf(at), 'rss', 'p95')[0];

describe('drift', () => {
  it('of memory is its growth an hour as a share of its level', () => {
    // 1,300 in the middle of ten minutes, one a second.
    expect(rssOf((t) => 1_000 + t)).toMatchObject({
      of: 'rss',
      component: 'relay',
      level: 1_300,
      perHour: 2.76923,
      span_s: 600,
    });
  });

  it('is not told of what is nothing', () => {
    expect(rssOf(() => 0)).toMatchObject({ reason: expect.stringContaining('its level is 0') });
  });

  it('is not told from few values, however far apart', () => {
    expect(rssOf((t) => (t % 300 === 0 ? 1_000 : null))).toMatchObject({ reason: 'only 3 values' });
  });

  it('is not told of what was not measured', () => {
    expect(rssOf(() => null)).toMatchObject({ reason: 'it was not measured second by second' });
  });

  it('is not told of a run of seconds', () => {
    const [found] = driftsOf({ load, intervals, components }, 'ack_latency', 'p95');
    expect(found).toMatchObject({ reason: expect.stringMatching(/^19 s tell nothing of hours/) });
  });

  it('is not told where no phase was measured', () => {
    const [found] = driftsOf({ intervals, components, load: { ...load, phases: [] } }, 'ack_latency', 'p95');
    expect(found).toMatchObject({ reason: 'it was not measured second by second' });
  });

  it('is not told of the memory of a relay that nobody watched', () => {
    expect(driftsOf({ load, intervals, components: [] }, 'rss', 'p95')).toEqual([
      { of: 'rss', reason: 'no process of the relay was watched' },
    ]);
  });

  it('stands in the record of a run that was long enough', () => {
    const input = sampleInput();
    const result = sampleResult({ counters: input.result.counters, slowdown: 1, intervals: 400 });
    const { drift } = buildRecord({ ...input, result });
    expect(drift?.map(({ of }) => of)).toContain('ack_latency p95');
    expect(buildRecord(input).drift).toBeUndefined();
  });
});
