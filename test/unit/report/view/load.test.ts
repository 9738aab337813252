import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../../src/record/schema.ts';
import { loadSection } from '../../../../src/report/view/load.ts';
import { sampleRecord } from '../../../support/sample-record.ts';

/** The cells of the row that begins with `label`. */
function rowOf(record: RunRecord, label: string): readonly string[] | undefined {
  const { content } = loadSection(record);
  if (content.kind !== 'table') throw new Error('the load section is a table');
  return content.rows.map((row) => row.map(({ text }) => text)).find(([first]) => first === label);
}

describe('loadSection', () => {
  const base = sampleRecord('pass');

  it('sets what the run sent again beside what the relay called duplicates', () => {
    const counters = { ...base.counters, events_repeated: 140, events_duplicate: 0 };
    expect(rowOf({ ...base, counters }, 'repeats')).toEqual([
      'repeats',
      '140 sent again',
      '0 called duplicates',
    ]);
    expect(rowOf(base, 'repeats')).toBeUndefined();
  });

  it('says what compression has made of the bytes, where there was any', () => {
    const sent = { frames_deflated: 10, bytes_before_deflate: 4_000, bytes_after_deflate: 3_000 };
    const received = { frames_inflated: 20, bytes_before_inflate: 5_000, bytes_after_inflate: 10_000 };
    const counters = { ...base.counters, ...sent, ...received, connections_compressed: 5 };
    const record = { ...base, counters };
    expect(rowOf(record, 'compression')).toEqual([
      'compression',
      '2.93 KiB for 3.91 KiB (75 %) sent',
      '4.88 KiB for 9.77 KiB (50 %) received',
    ]);
    expect(rowOf(record, 'compressed')).toEqual([
      'compressed',
      '10 messages sent, 20 received',
      'none connections without it',
    ]);
    expect(rowOf(base, 'compression')).toBeUndefined();
    expect(rowOf(base, 'compressed')).toBeUndefined();
  });

  it('shows connections without compression where it was asked for', () => {
    const record = { ...base, counters: { ...base.counters, connections_not_compressed: 5 } };
    expect(rowOf(record, 'compressed')?.[2]).toBe('5 connections without it');
    expect(rowOf(record, 'compression')).toBeUndefined();
  });

  it('says how much could not be sent', () => {
    const counters = { ...base.counters, events_unsent: 30, queries_unsent: 2 };
    expect(rowOf({ ...base, counters }, 'achieved')?.[2]).toContain('32 unsent');
  });
});
