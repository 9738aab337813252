import { describe, expect, test } from 'vitest';
import { isCallOf, parseLoggedCalls } from '../../../../src/stack/explain/logged-calls.ts';

const LOG = `2026-11-24 14:00:00.123 UTC [12] LOG:  duration: 0.412 ms  execute 1f3a: select json from event e
	where e.id = any ($1::bytea[]) limit $2
2026-11-24 14:00:00.123 UTC [12] DETAIL:  parameters: $1 = '{"\\\\x00","it''s $2 = 1"}', $2 = '20'
2026-11-24 14:00:01.000 UTC [12] LOG:  checkpoint starting: time
2026-11-24 14:00:02.000 UTC [13] LOG:  duration: 0.050 ms  execute <unnamed>: select 1
2026-11-24 14:00:03.000 UTC [13] LOG:  duration: 9.000 ms  execute 77: insert into event select $1
2026-11-24 14:00:03.000 UTC [13] DETAIL:  parameters: $1 = 'very long...'
2026-11-24 14:00:04.000 UTC [13] LOG:  duration: 1.000 ms  execute 78: select $1
2026-11-24 14:00:04.000 UTC [13] DETAIL:  Parameters: $1 = NULL
`;

describe('the calls in a log of Postgres', () => {
  const calls = parseLoggedCalls(LOG);

  test('are read with the parameters as SQL literals, over several lines', () => {
    expect(calls[0]).toEqual({
      text: 'select json from event e\nwhere e.id = any ($1::bytea[]) limit $2',
      parameters: [`'{"\\\\x00","it''s $2 = 1"}'`, `'20'`],
    });
  });

  test('may have no parameters, or null', () => {
    expect(calls[1]).toEqual({ text: 'select 1', parameters: [] });
    expect(calls[2]).toEqual({ text: 'select $1', parameters: ['NULL'] });
  });

  test('are left out where a parameter was cut off', () => {
    expect(calls.map(({ text }) => text)).not.toContain('insert into event select $1');
  });
});

describe('a counted statement', () => {
  const normalised = 'select encode(e.id, $3) from event e where e.kind = $1 and e.at > $4 limit $2';

  test('is found again in a call that has its constants', () => {
    const call = `select encode(e.id, 'hex') from event e where e.kind = $1 and e.at > 0.5 limit $2`;
    expect(isCallOf(normalised, call)).toBe(true);
  });

  test.each([
    `select encode(e.id, 'hex') from event e where e.kind = $1 and e.at > 0.5 limit $2 offset 1`,
    `select encode(e.id, 'hex') from event e where e.kind = $1 and e.at < 0.5 limit $2`,
  ])('is not taken for another: %s', (call) => {
    expect(isCallOf(normalised, call)).toBe(false);
  });
});
