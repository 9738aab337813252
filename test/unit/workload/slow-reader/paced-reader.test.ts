import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PacedReader } from '../../../../src/workload/slow-reader/paced-reader.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function reader(bytes_per_s = 1_000) {
  const told: string[] = [];
  const at = (what: string) => () => void told.push(`${what} ${Date.now() - startMs}`);
  const startMs = Date.now();
  const paced = new PacedReader({
    bytes_per_s,
    pause: at('pause'),
    resume: at('resume'),
    now: () => (Date.now() - startMs) * 1e6,
  });
  return { paced, told };
}

test('what was read costs its time before more is', () => {
  const { paced, told } = reader();
  paced.took(500);
  expect(paced.isPaused).toBe(true);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(['pause 0', 'resume 500']);
});

test('what comes with the same read costs its time as well', () => {
  const { paced, told } = reader();
  paced.took(500);
  paced.took(250);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(['pause 0', 'resume 750']);
});

test('time in which nothing came can not be made up for', () => {
  const { paced, told } = reader();
  vi.advanceTimersByTime(5_000);
  paced.took(1_000);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(['pause 5000', 'resume 6000']);
});

test('a read that comes somewhat late costs no time besides', () => {
  const { paced, told } = reader();
  paced.took(500);
  vi.advanceTimersByTime(520);
  paced.took(500);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(['pause 0', 'resume 500', 'pause 520', 'resume 1000']);
});

test('a reader that is fast enough is never paused', () => {
  const { paced, told } = reader(1e9);
  for (let frame = 0; frame < 10; frame++) paced.took(500);
  expect(told).toEqual([]);
});

test('one that is released reads on at once, and one whose connection is gone does not', () => {
  const { paced, told } = reader();
  paced.took(500);
  paced.release();
  paced.release();
  paced.took(500);
  paced.stop();
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(['pause 0', 'resume 0', 'pause 0']);
});
