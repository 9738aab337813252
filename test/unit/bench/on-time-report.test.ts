import { describe, expect, test } from 'vitest';
import { type OnTimeRun, onTimeTable } from '../../../bench/on-time-report.mjs';

function onTime(rate_per_s: number, half_us = 300): OnTimeRun {
  return {
    onTime: { rate_per_s, failed_per_s: rate_per_s * 1.05, p50_us: 900, p99_us: 2_400 },
    half: { p50_us: 10, p99_us: half_us },
  };
}

const NOTHING: OnTimeRun = { onTime: null, half: null };
const PLAIN = [{ rate: 40_000 }, { rate: 20_000 }, { rate: 30_000 }];
const RAW = [{ rate: 60_000 }, { rate: 30_000 }, { rate: 45_000 }];

function table(connections: number, ...runs: readonly OnTimeRun[]) {
  return onTimeTable(connections, { plain: PLAIN, raw: RAW, engines: [{ workers: 1, runs }] });
}

describe('the table of rates on time', () => {
  test('holds every rate against the plain client of the same round', () => {
    const { rows } = table(64, onTime(120_000), onTime(60_000), onTime(60_000));
    expect(rows).toEqual([
      ['plain `ws` client, as fast as it can', '30,000 (20,000–40,000)', '1.00×', '–', '–', '–'],
      ['raw sockets, as fast as they can', '45,000 (30,000–60,000)', '1.50×', '–', '–', '–'],
      ['relay-bench, on time, 1 worker', '60,000 (60,000–120,000)', '3.00×', '900 µs', '2.40 ms', '300 µs'],
    ]);
  });

  test.each([
    [64, 3],
    [1_000, 1.5],
  ])('on %d connections asks for %d times the plain client', (connections, times) => {
    const good = PLAIN.map(({ rate }) => onTime(rate * times));
    const bad = PLAIN.map(({ rate }) => onTime(rate * times * 0.99));
    expect(table(connections, ...good).targets.map(({ isMet }) => isMet)).toEqual([true, true]);
    expect(table(connections, ...bad).targets.map(({ isMet }) => isMet)).toEqual([false, true]);
  });

  test('asks for less than a millisecond at half of the rate, in most of the rounds', () => {
    const runs = (...halves: number[]) => halves.map((half_us) => onTime(120_000, half_us));
    expect(table(64, ...runs(900, 1_100, 1_000)).targets[1]?.isMet).toBe(true);
    expect(table(64, ...runs(900, 1_100, 1_200)).targets[1]?.isMet).toBe(false);
    expect(table(64, onTime(120_000), NOTHING, NOTHING).targets[1]?.isMet).toBe(false);
  });

  test('counts a round in which nothing was on time as none, and invents no lag for it', () => {
    const [, , row] = table(64, NOTHING, NOTHING, NOTHING).rows;
    expect(row).toEqual(['relay-bench, on time, 1 worker', '0 (0–0)', '0.00×', '–', '–', '–']);
    expect(table(64, onTime(90_000), NOTHING, NOTHING).rows[2]?.[1]).toBe('0 (0–90,000)');
  });

  test('says which rate was too high', () => {
    const runs = [onTime(100_000), onTime(80_000), onTime(60_000)];
    expect(table(64, ...runs).notes).toEqual(['relay-bench, on time, 1 worker: not at 84,000/s']);
    expect(table(64, NOTHING, NOTHING, NOTHING).notes).toEqual([]);
  });

  test('shows and judges a worker with a core of its own beside one that has none, and two workers not at all', () => {
    const runs = PLAIN.map(({ rate }) => onTime(rate * 2));
    const pinned = PLAIN.map(({ rate }) => onTime(rate * 3));
    const { rows, targets } = onTimeTable(64, {
      ...{ plain: PLAIN, raw: RAW },
      engines: [
        { workers: 1, runs },
        { workers: 1, isPinned: true, runs: pinned },
        { workers: 2, runs },
      ],
    });
    expect(rows.map(([name]) => name).slice(2)).toEqual([
      'relay-bench, on time, 1 worker',
      'relay-bench, on time, 1 worker with `--pin`',
      'relay-bench, on time, 2 workers',
    ]);
    expect(targets).toEqual([
      { text: 'one worker on time ≥ 3× the plain client', isMet: false },
      { text: 'one worker: send lag p99 ≤ 1 ms at half of that', isMet: true },
      { text: 'one worker with `--pin` on time ≥ 3× the plain client', isMet: true },
      { text: 'one worker with `--pin`: send lag p99 ≤ 1 ms at half of that', isMet: true },
    ]);
  });

  test('asks for nothing on one connection', () => {
    const { title, targets } = table(1, onTime(100_000), onTime(80_000), onTime(60_000));
    expect(title).toBe('Events/s on time, 1 connection');
    expect(targets).toEqual([]);
  });
});
