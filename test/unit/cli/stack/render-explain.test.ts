import { expect, test } from 'vitest';
import { renderExplain } from '../../../../src/cli/stack/render-explain.ts';
import type { ExplainReport } from '../../../../src/stack/explain/explain.ts';

const STATEMENT = {
  ...{
    server: 'postgres-2',
    query: 'select $1\n  from event',
    calls: 4,
    rows: 8,
    blocksHit: 30,
    blocksRead: 1,
  },
  ...{ mean_ms: 2.5, max_ms: 6, total_ms: 10 },
};

function textOf(changes: Partial<ExplainReport>, full = true): string {
  return renderExplain(
    { statements: [], indexes: [], effects: null, ...changes },
    { colour: false, full, columns: 80 },
  );
}

test('a plan says whether it was carried out, and why not', () => {
  const text = textOf({
    statements: [
      { ...STATEMENT, plan: ['Seq Scan'], planKind: 'analyzed', planProblem: null },
      { ...STATEMENT, plan: ['Insert'], planKind: 'generic', planProblem: 'it writes' },
      { ...STATEMENT, plan: null, planKind: null, planProblem: 'no such table' },
    ],
  });
  expect(text).toContain('postgres-2  4 calls · total 10 ms · mean 2.500 ms · max 6.0 ms · 2.0 rows a call');
  expect(text).toContain('carried out with the parameters of a logged call:\n    Seq Scan');
  expect(text).toContain('plan for any parameters, not carried out (it writes):\n    Insert');
  expect(text).toContain('no plan: no such table');
});

test('layouts are compared in one table: shape, with, without, ratio', () => {
  const cost = (p50_ms: number, pages: number) => ({ p50_ms, pages });
  const shape = { shape: 'kind, newest 100', asStored: cost(0.5, 20), withoutIndexes: cost(10, 500) };
  const text = textOf({
    effects: { events: 50_000, questions: 15, shapes: [{ ...shape, withoutPartitions: cost(0.25, 10) }] },
  });
  const [row = ''] = text.split('\n').filter((line) => line.includes('kind, newest'));
  expect(row.split('│').map((cell) => cell.trim())).toEqual([
    ...['', 'kind, newest 100', '0.50 ms, 20 pages', '10.00 ms, 500 pages', '×20.0'],
    ...['0.25 ms, 10 pages', '×0.5', ''],
  ]);
  expect(text).toContain('50,000 of the stored events');
});

test('without a comparison no table of it is shown', () => {
  expect(textOf({})).not.toContain('partitions');
});

test('is short by default: figures, the statement in a line, and where its plan spends most', () => {
  const plan = [
    'Limit  (cost=0.42..20.00 rows=50 width=8) (actual time=0.050..4.000 rows=50 loops=1)',
    '  ->  Index Scan using event_kind on event  (cost=0.42..19.00 rows=90 width=8) (actual time=0.010..3.000 rows=50 loops=1)',
    '        Filter: (kind = 1)',
  ];
  const query = `select ${'column, '.repeat(40)} from event`;
  const statements = [
    { ...STATEMENT, query, plan, planKind: 'analyzed' as const, planProblem: null },
    { ...STATEMENT, plan: null, planKind: null, planProblem: 'no such table' },
  ];
  const lines = textOf({ statements }, false).split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines).toContain('  most in Index Scan using event_kind on event (75 % of the time)');
  expect(lines).toContain('  no plan: no such table');
});
