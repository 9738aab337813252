import { describe, expect, it } from 'vitest';
import { FirstWindows } from '../../../../../src/relay/store/postgres/first-windows.ts';
import { PostgresReads } from '../../../../../src/relay/store/postgres/postgres-reads.ts';
import type { Readers } from '../../../../../src/relay/store/postgres/readers.ts';
import type { LimitedFilter } from '../../../../../src/relay/store/store.ts';
import type { EventRow } from '../../../../../src/relay/store/text-event.ts';

const NOW = 1_780_000_000;
const LIMIT = 100;
const PEOPLE = Array.from({ length: 100 }, (_, n) => n.toString(16).padStart(64, '0'));
const TOO_MUCH: EventRow[] = [['', '', 0, 0, null, '']];

/** Rows of so many events, one every so many seconds before now. */
function rows(count: number, every_s: number): EventRow[] {
  return Array.from({ length: count }, (_, n) => [
    n.toString(16).padStart(64, '0'),
    PEOPLE[0] as string,
    NOW - n * every_s,
    1,
    null,
    '{}',
  ]);
}

/** A database that gives these answers, one after the other, then none. */
function setUp(...answers: EventRow[][]) {
  const asked: { values: readonly unknown[]; standing: unknown }[] = [];
  const page: Readers['page'] = (async ({ values }, _maxBytes, _asked, standing) => {
    asked.push({ values, standing });
    return { rows: answers.shift() ?? [], isCut: false };
  }) as Readers['page'];
  const firstWindows = new FirstWindows();
  const query = async (filter: Omit<LimitedFilter, 'limit'>): Promise<string[]> => {
    const reads = new PostgresReads({
      readers: { page } as Readers,
      requireOpen: () => undefined,
      asking: { nowSeconds: NOW, reader: undefined },
      firstWindows,
      work: undefined,
    });
    const ids: string[] = [];
    for await (const { events } of reads.pages([{ ...filter, limit: LIMIT }]))
      ids.push(...events.map(({ id }) => id));
    return ids;
  };
  return { asked, query };
}

describe('the reads of a question', () => {
  it('are one statement for what few authors have written, however little that is', async () => {
    const { asked, query } = setUp(rows(3, 86_400));
    expect(await query({ authors: PEOPLE.slice(0, 3) })).toHaveLength(3);
    expect(asked).toHaveLength(1);
    expect(await query({ authors: PEOPLE.slice(0, 3) })).toEqual([]);
    expect(asked).toHaveLength(2);
  });

  it('go on in windows of time where few authors have written too much for one look', async () => {
    const { asked, query } = setUp(TOO_MUCH, rows(LIMIT, 10));
    expect(await query({ authors: PEOPLE.slice(0, 3) })).toHaveLength(LIMIT);
    expect(asked).toHaveLength(2);
  });

  it('have all of them the same standing, another one than the next question', async () => {
    const { asked, query } = setUp(rows(5, 10), rows(LIMIT - 5, 10), rows(LIMIT, 10));
    await query({ kinds: [1], authors: PEOPLE });
    await query({ kinds: [1], authors: PEOPLE });
    const standings = asked.map(({ standing }) => standing);
    expect(standings).toHaveLength(3);
    expect(standings[0]).toBe(standings[1]);
    expect(standings[2]).not.toBe(standings[0]);
  });

  it.each<[string, Pick<LimitedFilter, 'since' | 'until'>]>([
    ['some seconds', { since: NOW - 5 }],
    ['a time long ago', { until: NOW - 86_400 }],
  ])('learn nothing from a question that asks for %s', async (_, time) => {
    const { asked, query } = setUp(rows(LIMIT, 2), [], rows(LIMIT, 2));
    const feed = { kinds: [1], authors: PEOPLE };
    await query(feed);
    await query({ ...feed, ...time });
    const before = asked.length;
    await query(feed);
    expect(asked[before]?.values).toContain(NOW - 3 * (LIMIT - 1) * 2);
  });

  it('are cut to what was asked for where another server has not what was read before', async () => {
    const { query } = setUp(rows(LIMIT + 3, 10));
    expect(await query({ kinds: [1] })).toHaveLength(LIMIT);
  });

  it('begin with a window as long as the last answer of that sort lets expect', async () => {
    const { asked, query } = setUp(rows(LIMIT, 2), rows(LIMIT, 2));
    await query({ kinds: [1], authors: PEOPLE });
    await query({ kinds: [1], authors: PEOPLE });
    const [first, second] = asked.map(({ values }) =>
      values.find((value) => typeof value === 'number' && value > NOW / 2 && value < NOW),
    );
    expect([first, second]).toEqual([NOW - 10_800, NOW - 3 * (LIMIT - 1) * 2]);
  });
});
