import { describe, expect, test } from 'vitest';
import { watchPrimaries } from '../../../src/audit/primaries.ts';
import type { ComponentUsage } from '../../../src/record/schema.ts';

/** Rows that a server says it has stored, second by second; `R`: it is a replica, null: it does not answer. */
function server(name: string, rows: readonly (number | 'R' | null)[], every_s = 1): ComponentUsage {
  const samples = rows.map((each, at) => ({
    t: at * every_s,
    cpuShare: null,
    rss_bytes: null,
    figures:
      each === null
        ? null
        : each === 'R'
          ? { rowsInserted_total: 1 }
          : { rowsInserted_total: each, replicas: 1 },
  }));
  return { name, role: 'Postgres primary', pid: 1, cpu_s: 0, cpuShare: 0, rssMax_bytes: 0, samples };
}

describe('who accepted writes', () => {
  test('one primary all the time', () => {
    const watch = watchPrimaries([server('a', [10, 20, 30]), server('b', ['R', 'R', 'R'])]);
    expect(watch).toEqual({ servers: ['a', 'b'], watched: 2, conflicts: [] });
  });

  test('a failover: one after the other is no conflict', () => {
    const watch = watchPrimaries([
      server('a', [10, 20, null, null, 'R']),
      server('b', ['R', 'R', 30, 40, 50]),
    ]);
    expect(watch).toMatchObject({ watched: 3, conflicts: [] });
  });

  test('an old primary that goes on storing beside the new one is a conflict', () => {
    const watch = watchPrimaries([server('a', [10, 20, 30, 40]), server('b', ['R', 30, 40, 50])]);
    expect(watch.conflicts.map(([one, other]) => [one.name, one.from_s, other.name, other.from_s])).toEqual([
      ['a', 1, 'b', 1],
      ['a', 2, 'b', 2],
    ]);
  });

  test('an old primary that comes back and stores nothing is none', () => {
    const watch = watchPrimaries([server('a', [10, 20, null, 20, 20]), server('b', ['R', 'R', 30, 40, 50])]);
    expect(watch.conflicts).toEqual([]);
  });

  test('what a frozen server had stored before it froze is not held against it', () => {
    const watch = watchPrimaries([server('a', [10, null, null, 25, 25]), server('b', ['R', 30, 40, 50, 60])]);
    expect(watch.conflicts).toEqual([]);
  });

  test('samples far apart say nothing', () => {
    expect(watchPrimaries([server('a', [10, 20, 30], 2), server('b', ['R', 'R', 'R'], 2)]).watched).toBe(0);
  });

  test('other components are no databases', () => {
    expect(watchPrimaries([{ ...server('redis', [1, 2]), role: 'cache' }])).toMatchObject({ servers: [] });
  });
});
