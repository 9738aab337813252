import { describe, expect, it } from 'vitest';
import type { Ceiling, RunRecord } from '../../../../src/record/schema.ts';
import { generatorSection } from '../../../../src/report/view/machine.ts';
import { sampleCeiling, sampleRecord } from '../../../support/sample-record.ts';

/** The rows about the ceiling, as texts. */
function ceilingRows(ceiling: Ceiling | null, workers = 1): string[] {
  const sample = sampleRecord('pass');
  const record: RunRecord = { ...sample, generator: { ...sample.generator, ceiling, workers } };
  const { content } = generatorSection(record);
  if (content.kind !== 'table') throw new Error('the generator is no table');
  const texts = content.rows.map((row) => row.map((one) => one.text).join(' | '));
  const from = texts.findIndex((text) => text.startsWith("machine's ceiling"));
  return from === -1 ? [] : texts.slice(from);
}

describe('the ceiling in a report', () => {
  it('is the share of what one worker can do, with the day of the calibration', () => {
    const only = sampleCeiling({ share: 0.12, queriesPerSecond: null, deliveriesPerSecond: null });
    expect(ceilingRows(only)).toEqual([
      "machine's ceiling | 12 % of 63,120 events/s | calibrated 2026-11-20",
    ]);
  });

  it('names whatever the run did, and the workers', () => {
    expect(ceilingRows(sampleCeiling({ share: 0.5, connectionsPerSecond: 8_000 }), 3)).toEqual([
      "machine's ceiling | 50 % of 3 × 63,120 events/s | calibrated 2026-11-20",
      'other ceilings | 3 × 41,300 queries/s | 3 × 1,204,000 deliveries/s, 3 × 8,000 connections/s',
    ]);
  });

  it('says where the run itself is the basis', () => {
    const own = sampleCeiling({ basis: 'own-utilization', calibratedAt: null, share: 0.9 });
    expect(ceilingRows(own)[0]).toContain('| by how busy the workers were');
  });

  it('is left to the caveats where it is unknown', () => {
    expect(ceilingRows(null)).toEqual([]);
  });
});
