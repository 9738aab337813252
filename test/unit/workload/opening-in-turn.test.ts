import { expect, test } from 'vitest';
import { monotonicNs } from '../../../src/base/clock.ts';
import { OpeningInTurn } from '../../../src/workload/opening-in-turn.ts';

test('ends when every connection is open or has failed to open', async () => {
  const opened: number[] = [];
  const opening = new OpeningInTurn({
    connections: [5, 7, 9],
    rate_per_s: 1_000,
    open: (connection) => {
      opened.push(connection);
      setImmediate(() => opening.ended(connection));
    },
  });
  await opening.run();
  expect(opened).toEqual([5, 7, 9]);
});

test('has nothing to wait for where there are none', async () => {
  const opening = new OpeningInTurn({ connections: [], rate_per_s: 1, open: () => undefined });
  await expect(opening.run()).resolves.toBeUndefined();
});

test('keeps its pace', async () => {
  const times: number[] = [];
  const opening = new OpeningInTurn({
    connections: [0, 1, 2],
    rate_per_s: 20,
    open: (connection, scheduledNs) => {
      times.push(scheduledNs);
      setImmediate(() => opening.ended(connection));
    },
  });
  const startNs = monotonicNs();
  await opening.run();
  expect((times[2] ?? 0) - startNs).toBeGreaterThanOrEqual(100e6);
});
