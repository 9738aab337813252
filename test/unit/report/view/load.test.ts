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

  it('says how much could not be sent', () => {
    const counters = { ...base.counters, events_unsent: 30, queries_unsent: 2 };
    expect(rowOf({ ...base, counters }, 'achieved')?.[2]).toContain('32 unsent');
  });
});
