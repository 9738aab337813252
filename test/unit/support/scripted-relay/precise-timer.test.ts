import { expect, it } from 'vitest';
import { nowNs, PreciseTimer } from '../../../support/scripted-relay/precise-timer.ts';

const MS = 1e6;

it('runs actions in the order of their due time, none of them early', async () => {
  const timer = new PreciseTimer();
  // All are known before the first is due, also on a machine that is busy.
  const start = nowNs() + 50 * MS;
  const delays = [20, 3, 11, 0.5, 7, 3, 15, 1, 30, 2, 9, 0.2];
  const ran: { delay: number; atMs: number }[] = [];
  await new Promise<void>((resolve) => {
    for (const delay of delays) {
      timer.at(start + delay * MS, () => {
        ran.push({ delay, atMs: (nowNs() - start) / MS });
        if (ran.length === delays.length) resolve();
      });
    }
  });
  expect(ran.map(({ delay }) => delay)).toEqual([...delays].sort((a, b) => a - b));
  expect(ran.filter(({ delay, atMs }) => atMs < delay)).toEqual([]);
  expect(timer.lateness_us).toHaveLength(delays.length);
});

it('performs what is due already before it returns', () => {
  const timer = new PreciseTimer();
  let ran = false;
  timer.at(nowNs(), () => {
    ran = true;
  });
  expect(ran).toBe(true);
});

it('runs nothing after it was stopped', async () => {
  const timer = new PreciseTimer();
  let ran = 0;
  timer.at(nowNs() + MS, () => ran++);
  timer.at(nowNs() + 5 * MS, () => ran++);
  timer.stop();
  await new Promise((resolve) => setTimeout(resolve, 15));
  expect(ran).toBe(0);
});
