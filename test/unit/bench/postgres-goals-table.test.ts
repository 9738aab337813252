import { expect, test } from 'vitest';
import { goalsOf } from '../../../bench/postgres-goals-table.mjs';

test('the table of goals holds the rate of writing and every shape against what was wanted', () => {
  const social = { events_per_s: 8_000.4, relay_us: 50, primary_us: 60.4, replicas_us: 30 };
  const times = [
    { name: 'firehose', p95_ms: 22.24 },
    { name: 'thread', p95_ms: 30.4 },
  ];
  expect(goalsOf({ figures: { social } }, { figures: { times } }).rows).toEqual([
    ['`social` events stored a second, 140 µs of CPU each', '≥ 8,000', '8,000', 'yes'],
    ['p95 of firehose, ms', '≤ 30', '22.2', 'yes'],
    ['p95 of thread, ms', '≤ 30', '30.4', 'NO'],
  ]);
});
