import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ProcessReading } from '../../../src/observe/proc.ts';
import { sampleProcesses } from '../../../src/observe/sample-processes.ts';

const RELAY = { name: 'relay', role: 'relay process', pid: 42 };

/** A reader that gives the readings of a script one after the other, then the last one again. */
function script(...readings: ProcessReading[]): (pid: number) => ProcessReading {
  let at = 0;
  return () => readings[Math.min(at++, readings.length - 1)] as ProcessReading;
}

const sample = (cpu_s: number, rss_bytes: number): ProcessReading => ({
  ok: true,
  snapshot: { cpu_s, rss_bytes },
});

describe('sampling processes around the measured phases', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const virtualNs = (): number => Date.now() * 1e6;

  test('CPU is the difference between start and stop, memory the highest sample', () => {
    const read = script(sample(10, 100), sample(11, 900), sample(13, 300));
    const sampler = sampleProcesses([RELAY], { read, nowNs: virtualNs });
    sampler.start();
    vi.advanceTimersByTime(1_500);
    expect(sampler.stop()).toMatchObject({
      components: [{ ...RELAY, cpu_s: 3, cpuShare: 2, rssMax_bytes: 900 }],
      notMeasured: {},
    });
  });

  test('keeps a sample a second of every process, also of one that says nothing about itself', () => {
    const read = script(sample(10, 100), sample(11, 900), sample(13, 300));
    const sampler = sampleProcesses([RELAY], { read, nowNs: virtualNs, readDescriptors: () => 7 });
    sampler.start();
    vi.advanceTimersByTime(1_500);
    expect(sampler.stop().components[0]?.samples).toEqual([
      { t: 0, cpuShare: null, rss_bytes: 100, descriptors: 7, figures: null },
      { t: 1, cpuShare: 1, rss_bytes: 900, descriptors: 7, figures: null },
      { t: 1.5, cpuShare: 4, rss_bytes: 300, descriptors: 7, figures: null },
    ]);
  });

  test('looks at several processes one after the other, within half of the time between samples', () => {
    const reads: number[] = [];
    const read = (pid: number): ProcessReading => {
      reads.push(pid);
      return sample(1, 1);
    };
    const pids = [1, 2, 3, 4];
    const sampler = sampleProcesses(
      pids.map((pid) => ({ ...RELAY, pid })),
      { read, nowNs: virtualNs },
    );
    const readWithin = (ms: number): number[] => {
      reads.length = 0;
      vi.advanceTimersByTime(ms);
      return [...reads];
    };
    sampler.start();
    expect(reads).toEqual(pids);
    expect(readWithin(1_000)).toEqual([1]);
    expect(readWithin(130)).toEqual([2]);
    expect(readWithin(370)).toEqual([3, 4]);
    expect(readWithin(510)).toEqual([1]);
    reads.length = 0;
    sampler.stop();
    expect(reads).toEqual(pids);
    expect(readWithin(5_000)).toEqual([]);
  });

  test('stop gives the same report again, and nothing is read after it', () => {
    const read = vi.fn(script(sample(1, 1), sample(2, 1)));
    const sampler = sampleProcesses([RELAY], { read, nowNs: virtualNs });
    sampler.start();
    vi.advanceTimersByTime(10);
    expect(sampler.stop()).toBe(sampler.stop());
    const reads = read.mock.calls.length;
    vi.advanceTimersByTime(5_000);
    expect(read).toHaveBeenCalledTimes(reads);
  });

  test('a process that can not be read gives null and the reason', () => {
    const read = script({ ok: false, reason: 'no /proc here' });
    const sampler = sampleProcesses([RELAY], { read, nowNs: virtualNs });
    sampler.start();
    vi.advanceTimersByTime(2_000);
    expect(sampler.stop()).toMatchObject({
      components: [{ ...RELAY, cpu_s: null, cpuShare: null, rssMax_bytes: null }],
      notMeasured: { 'components.relay': 'no /proc here' },
    });
  });

  test('a process that dies during the run keeps what it used until then', () => {
    const read = script(sample(1, 50), sample(2, 60), { ok: false, reason: 'gone' });
    const sampler = sampleProcesses([RELAY], { read, nowNs: virtualNs });
    sampler.start();
    vi.advanceTimersByTime(5_000);
    expect(sampler.stop().components[0]).toMatchObject({ cpu_s: 1, cpuShare: 1, rssMax_bytes: 60 });
  });

  test('a sampler that never started says that the measured phases did not begin', () => {
    const sampler = sampleProcesses([RELAY], { read: script(sample(1, 1)) });
    expect(sampler.stop().notMeasured).toEqual({
      'components.relay': 'the measured phases did not begin',
    });
  });
});

describe('sampling the processes of a stack', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const virtualNs = (): number => Date.now() * 1e6;

  test('keeps a sample a second with the figures of that second', async () => {
    let commits = 100;
    const readFigures = async () => ({ commits_total: commits++, connections: 5 });
    const sampler = sampleProcesses([{ ...RELAY, readFigures }], {
      read: script(sample(1, 10), sample(1.5, 30), sample(2, 20)),
      readDescriptors: () => 7,
      nowNs: virtualNs,
    });
    sampler.start();
    await vi.advanceTimersByTimeAsync(2_500);
    const [component] = sampler.stop().components;
    expect(component?.samples?.slice(0, 3)).toEqual([
      {
        t: 0,
        cpuShare: null,
        rss_bytes: 10,
        descriptors: 7,
        figures: { commits_total: 100, connections: 5 },
      },
      { t: 1, cpuShare: 0.5, rss_bytes: 30, descriptors: 7, figures: { commits_total: 101, connections: 5 } },
      { t: 2, cpuShare: 0.5, rss_bytes: 20, descriptors: 7, figures: { commits_total: 102, connections: 5 } },
    ]);
    expect(component?.figures).toEqual({ commits_total: 2, connections_max: 5 });
  });

  test('a process that is replaced by another counts both', () => {
    const pids = [42, 42, 77, 77];
    const cpu: Record<number, number[]> = { 42: [10, 11], 77: [0.5, 1] };
    const sampler = sampleProcesses([{ ...RELAY, pidNow: () => pids.shift() ?? 77 }], {
      read: (pid) => sample(cpu[pid]?.shift() ?? 1, 10),
      nowNs: virtualNs,
    });
    sampler.start();
    vi.advanceTimersByTime(2_999);
    expect(sampler.stop().components[0]?.cpu_s).toBe(1 + 0.5 + 0.5);
  });

  test('a component that does not answer has samples without figures', async () => {
    const readFigures = async () => {
      throw new Error('gone');
    };
    const sampler = sampleProcesses([{ ...RELAY, readFigures }], {
      read: script(sample(1, 10)),
      nowNs: virtualNs,
    });
    sampler.start();
    await vi.advanceTimersByTimeAsync(1_100);
    expect(sampler.stop().components[0]?.samples?.[0]).toMatchObject({ figures: null, rss_bytes: 10 });
  });

  const family = (...sums: readonly { readonly pids: readonly number[]; readonly cpu_s: number }[]) => {
    let at = -1;
    const now = () => sums[Math.min(at, sums.length - 1)] ?? { pids: [], cpu_s: 0 };
    const familyNow = () => {
      at++;
      return now().pids;
    };
    const readFamily = (pids: readonly number[]): ProcessReading =>
      pids.length === 0 ? { ok: false, reason: 'it was not running' } : sample(now().cpu_s, 10);
    const options = { readFamily, readDescriptors: (pid: number) => pid, nowNs: virtualNs };
    return sampleProcesses([{ ...RELAY, familyNow }], options);
  };

  test('a family whose members come and go is the same while one of them stays', () => {
    const sampler = family(
      { pids: [42], cpu_s: 1 },
      { pids: [42, 43], cpu_s: 3 },
      { pids: [43], cpu_s: 3.5 },
    );
    sampler.start();
    vi.advanceTimersByTime(1_999);
    const [component] = sampler.stop().components;
    expect(component?.cpu_s).toBe(2 + 0.5);
    expect(component?.samples?.map(({ descriptors }) => descriptors)).toEqual([42, 85, 43]);
  });

  test('a family that is started anew counts from zero, and has no sample while there is none', () => {
    const sampler = family({ pids: [42], cpu_s: 5 }, { pids: [], cpu_s: 0 }, { pids: [77], cpu_s: 0.25 });
    sampler.start();
    vi.advanceTimersByTime(1_999);
    const [component] = sampler.stop().components;
    expect(component?.cpu_s).toBe(0.25);
    expect(component?.samples?.map(({ rss_bytes }) => rss_bytes)).toEqual([10, null, 10]);
  });
});
