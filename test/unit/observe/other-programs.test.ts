import { describe, expect, it } from 'vitest';
import { watchOtherPrograms } from '../../../src/observe/other-programs.ts';

interface FakeProgram {
  readonly pid: number;
  readonly name: string;
  readonly parent?: number;
  readonly ticks: number;
  readonly startTime?: number;
}

/** A /proc of two moments: what it holds when the watch starts, and when it stops. */
function watch(before: readonly FakeProgram[], after: readonly FakeProgram[], ours: readonly number[] = [1]) {
  let moment = before;
  let nowNs = 0;
  const stat = ({ pid, name, parent = 0, ticks, startTime = 5 }: FakeProgram): string =>
    `${pid} (${name}) S ${parent} ${'0 '.repeat(9)}${ticks} 0 ${'0 '.repeat(6)}${startTime} 0`;
  const found = watchOtherPrograms(() => ours, {
    readText: (path) => {
      const program = moment.find(({ pid }) => path === `/proc/${pid}/stat`);
      if (program === undefined) throw new Error('ENOENT');
      return stat(program);
    },
    // One more that ends between its listing and its reading.
    pids: () => [...moment.map(({ pid }) => pid), 9_999],
    nowNs: () => nowNs,
    loadAverage: () => 2.5,
  });
  found.start();
  moment = after;
  nowNs = 10e9;
  return found.stop();
}

describe('watchOtherPrograms', () => {
  it('adds up the processes of a name, busiest first', () => {
    const before = [
      { pid: 10, name: 'firefox', ticks: 100 },
      { pid: 11, name: 'postgres: w (x)', ticks: 0 },
    ];
    const after = [
      { pid: 10, name: 'firefox', ticks: 300 },
      { pid: 11, name: 'postgres: w (x)', ticks: 500 },
      { pid: 12, name: 'postgres: w (x)', ticks: 500 },
    ];
    expect(watch(before, after)).toEqual({
      loadAverage: 2.5,
      cores: 1.2,
      programs: [
        { name: 'postgres: w (x)', cores: 1 },
        { name: 'firefox', cores: 0.2 },
      ],
    });
  });

  it('leaves out the run and all of its descendants', () => {
    const after = [
      { pid: 1, name: 'node', ticks: 900 },
      { pid: 2, name: 'worker', parent: 1, ticks: 900 },
      { pid: 3, name: 'thread', parent: 2, ticks: 900 },
      { pid: 4, name: 'relay', ticks: 900 },
      { pid: 5, name: 'other', ticks: 100 },
    ];
    expect(watch([], after, [1, 4])?.programs).toEqual([{ name: 'other', cores: 0.1 }]);
  });

  it('counts a process that took over a pid from its own start', () => {
    const found = watch(
      [{ pid: 7, name: 'old', ticks: 90_000 }],
      [{ pid: 7, name: 'new', ticks: 100, startTime: 6 }],
    );
    expect(found?.programs).toEqual([{ name: 'new', cores: 0.1 }]);
  });

  it('names nobody who took next to nothing', () => {
    const found = watch([], [{ pid: 8, name: 'cron', ticks: 1 }]);
    expect(found).toMatchObject({ cores: 0.001, programs: [] });
  });

  it('knows nothing where there is no /proc, or where it was never started', () => {
    expect(watch([], [])).toBeNull();
    expect(watchOtherPrograms(() => []).stop()).toBeNull();
  });

  it('reads this machine', () => {
    const found = watchOtherPrograms(() => []);
    found.start();
    expect(found.stop()?.loadAverage).toBeGreaterThanOrEqual(0);
  });
});
