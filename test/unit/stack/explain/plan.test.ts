import { describe, expect, test } from 'vitest';
import { planOf } from '../../../../src/stack/explain/plan.ts';
import type { Ask } from '../../../../src/stack/postgres/client.ts';

/** A connection that plans everything, and keeps what it was asked; what `fails` matches is refused. */
function connection(fails = /never/): { ask: Ask; asked: string[] } {
  const asked: string[] = [];
  const ask: Ask = async <Row extends object>(sql: string) => {
    asked.push(sql);
    if (fails.test(sql)) throw new Error('refused');
    return (sql.startsWith('EXPLAIN') ? [{ 'QUERY PLAN': 'Seq Scan' }] : []) as Row[];
  };
  return { ask, asked };
}

const READ = { query: 'select $1 from event limit $2', name: 'q' };
const CALLS = [{ text: 'select $1 from event limit 5', parameters: [`'a'`] }];

describe('the plan of a statement', () => {
  test('that reads is carried out with the parameters of a logged call, where it can not write', async () => {
    const { ask, asked } = connection();
    const plan = await planOf(ask, { ...READ, calls: CALLS });
    expect(plan).toEqual({ plan: ['Seq Scan'], planKind: 'analyzed', planProblem: null });
    expect(asked).toEqual([
      'BEGIN READ ONLY',
      'PREPARE q_call AS select $1 from event limit 5',
      `EXPLAIN (ANALYZE, BUFFERS) EXECUTE q_call('a')`,
      'ROLLBACK',
    ]);
  });

  test('of which no call was logged is made for any parameters, and says so', async () => {
    const { ask, asked } = connection();
    const plan = await planOf(ask, { ...READ, calls: [] });
    expect(plan).toMatchObject({ planKind: 'generic', planProblem: expect.stringContaining('no call') });
    expect(asked).toContain('EXPLAIN EXECUTE q(NULL, NULL)');
  });

  test.each([
    'insert into event values ($1)',
    'with gone as (delete from event where id = $1 returning id) select id from gone',
  ])('that writes is never carried out: %s', async (query) => {
    const { ask, asked } = connection();
    const plan = await planOf(ask, { query, name: 'q', calls: [{ text: query, parameters: ['1'] }] });
    expect(plan).toMatchObject({ planKind: 'generic', planProblem: 'it writes' });
    expect(asked.join()).not.toContain('ANALYZE');
  });

  test('that fails when it is carried out again is made for any parameters, with the reason', async () => {
    const { ask, asked } = connection(/ANALYZE/);
    const plan = await planOf(ask, { ...READ, calls: CALLS });
    expect(plan).toMatchObject({ planKind: 'generic', planProblem: expect.stringContaining('refused') });
    expect(asked).toContain('ROLLBACK');
  });

  test('that can not be made has a reason', async () => {
    const { ask } = connection(/PREPARE/);
    expect(await planOf(ask, { ...READ, calls: CALLS })).toEqual({
      ...{ plan: null, planKind: null, planProblem: 'refused' },
    });
  });
});
