import { expect, it } from 'vitest';
import { evidenceSection } from '../../../../src/report/view/observed.ts';
import { sampleRecord } from '../../../support/sample-record.ts';

type Evidence = ReturnType<typeof sampleRecord>['evidence'][string][number];

const LOST = { atMs: 2_500, connection: 3, subscription: '', filter: null, expected: [], got: [] };

/** The table's row of one case. */
function rowOf(counter: string, each: Evidence): string[] {
  const section = evidenceSection({ ...sampleRecord('pass'), evidence: { [counter]: [each] } });
  if (section?.content.kind !== 'table') throw new Error('no table');
  return section.content.rows.flatMap((row) => row.map(({ text }) => text));
}

it('shows what happened where a case is about no event', () => {
  const row = rowOf('connections_lost', { ...LOST, note: 'closed with code 1006' });
  expect(row).toEqual(['connections_lost', '2.50 s, connection 3', 'closed with code 1006']);
});

it('shows an event of which the run kept no kind', () => {
  const row = rowOf('events_timeout', { ...LOST, expected: [{ id: 'e1'.repeat(8) }], note: 'no OK' });
  expect(row.at(-1)).toBe('no OK; expected e1e1e1e1; got nothing');
});
