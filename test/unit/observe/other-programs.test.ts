import { describe, expect, it, vi } from 'vitest';
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

  it('reads many processes in pieces, and counts one that has ended before the watch did', () => {
    vi.useFakeTimers();
    try {
      let read = 0;
      let all = Array.from({ length: 1_000 }, (_, at) => 10 + at);
      let ticks = 0;
      const found = watchOtherPrograms(() => [], {
        readText: (path) => {
          read++;
          const pid = Number(path.split('/')[2]);
          return `${pid} (node) S 0 ${'0 '.repeat(9)}${pid === 10 ? ticks : 0} 0 ${'0 '.repeat(6)}5 0`;
        },
        pids: () => all,
        nowNs: () => Date.now() * 1e6,
        loadAverage: () => 0,
      });
      found.start();
      read = 0;
      ticks = 150;
      vi.advanceTimersByTime(1_000);
      expect(read).toBe(20);
      vi.advanceTimersByTime(999);
      expect(read).toBe(1_000);
      all = [500];
      vi.advanceTimersByTime(1_001);
      expect(found.stop()?.programs).toEqual([{ name: 'node', cores: 0.5 }]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('begins no look while one is under way', () => {
    vi.useFakeTimers();
    try {
      const pids = Array.from({ length: 16 }, (_, at) => 10 + at);
      let read = 0;
      const found = watchOtherPrograms(() => [], {
        pieceEveryMs: 2_500,
        readText: (path) => {
          read++;
          return `${path.split('/')[2]} (node) S 0 ${'0 '.repeat(9)}0 0 ${'0 '.repeat(6)}5 0`;
        },
        pids: () => pids,
        nowNs: () => Date.now() * 1e6,
        loadAverage: () => 0,
      });
      found.start();
      read = 0;
      // The first piece at 1 s, the second and last at 3.5 s; the next look begins at 4 s.
      vi.advanceTimersByTime(3_600);
      expect(read).toBe(16);
      vi.advanceTimersByTime(1_000);
      expect(read).toBe(24);
      found.stop();
    } finally {
      vi.useRealTimers();
    }
  });

  it('does not count a look that was under way when it stopped', () => {
    vi.useFakeTimers();
    try {
      const pids = Array.from({ length: 100 }, (_, at) => 10 + at);
      const found = watchOtherPrograms(() => [], {
        readText: (path) =>
          `${path.split('/')[2]} (node) S 0 ${'0 '.repeat(9)}${Date.now() / 10} 0 ${'0 '.repeat(6)}5 0`,
        pids: () => pids,
        nowNs: () => Date.now() * 1e6,
        loadAverage: () => 0,
      });
      vi.setSystemTime(0);
      found.start();
      vi.advanceTimersByTime(1_010);
      const { cores } = found.stop() ?? {};
      expect(cores).toBeCloseTo(100, 6);
      vi.advanceTimersByTime(5_000);
      expect(found.stop()?.cores).toBe(cores);
    } finally {
      vi.useRealTimers();
    }
  });

  it('reads this machine', () => {
    const found = watchOtherPrograms(() => []);
    found.start();
    expect(found.stop()?.loadAverage).toBeGreaterThanOrEqual(0);
  });
});
