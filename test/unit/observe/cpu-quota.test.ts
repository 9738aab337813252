import { describe, expect, test } from 'vitest';
import { readCpuQuota } from '../../../src/observe/cpu-quota.ts';
import { QuotaWatch } from '../../../src/observe/quota-watch.ts';

function system(files: Readonly<Record<string, string>>): (path: string) => string {
  return (path) => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT ${path}`);
    return text;
  };
}

const STAT = 'nr_periods 40\nnr_throttled 30\nthrottled_time 284006967\n';

describe('the CPU quota of a process', () => {
  test('is that of its control group (version 2)', () => {
    const files = {
      '/proc/7/cgroup': '0::/app.slice/relay\n',
      '/sys/fs/cgroup/app.slice/relay/cpu.max': '20000 100000\n',
      '/sys/fs/cgroup/app.slice/relay/cpu.stat': `usage_usec 17\n${STAT}`,
      '/sys/fs/cgroup/app.slice/cpu.max': 'max 100000\n',
      '/sys/fs/cgroup/app.slice/cpu.stat': STAT,
    };
    expect(readCpuQuota(7, system(files))).toEqual({ cores: 0.2, periods: 40, throttled: 30 });
  });

  test('is that of its control group for the CPU (version 1)', () => {
    const group = '/sys/fs/cgroup/cpu,cpuacct/relay';
    const files = {
      '/proc/7/cgroup': '9:memory:/other\n4:cpu,cpuacct:/relay\n3:cpuset:/\n0::/\n',
      [`${group}/cpu.cfs_quota_us`]: '150000\n',
      [`${group}/cpu.cfs_period_us`]: '100000\n',
      [`${group}/cpu.stat`]: STAT,
      '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
    };
    expect(readCpuQuota(7, system(files))).toMatchObject({ cores: 1.5 });
  });

  test('is the tightest of those above it, as that of a container is', () => {
    const files = {
      '/proc/7/cgroup': '0::/pod/one\n',
      '/sys/fs/cgroup/cpu.max': '400000 100000\n',
      '/sys/fs/cgroup/cpu.stat': 'nr_periods 9\nnr_throttled 0\n',
      '/sys/fs/cgroup/pod/cpu.max': '50000 100000\n',
      '/sys/fs/cgroup/pod/cpu.stat': STAT,
      '/sys/fs/cgroup/pod/one/cpu.max': 'max 100000\n',
      '/sys/fs/cgroup/pod/one/cpu.stat': STAT,
    };
    expect(readCpuQuota(7, system(files))).toEqual({ cores: 0.5, periods: 40, throttled: 30 });
  });

  test.each([
    ['the process has ended', {}],
    ['nothing bounds it', { '/proc/7/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.stat': STAT }],
    ['its group is not to be seen from here', { '/proc/7/cgroup': '0::/../../elsewhere\n' }],
    ['the system has no control groups', { '/proc/7/cgroup': '' }],
  ])('is null where %s', (_, files: Readonly<Record<string, string>>) => {
    expect(readCpuQuota(7, system(files))).toBeNull();
  });
});

describe('watching a quota', () => {
  const quota = (cores: number, periods: number, throttled: number) => ({ cores, periods, throttled });

  test('tells in which part of the periods it was used up since the last look', () => {
    const looks = [quota(0.5, 100, 50), quota(0.5, 110, 58), quota(0.5, 110, 58)];
    const watch = new QuotaWatch(() => looks.shift() ?? null);
    expect([1, 1, 1].map((pid) => watch.throttledSince(pid))).toEqual([null, 0.8, 0]);
    expect(watch.cores).toBe(0.5);
  });

  test('begins anew with another group, and without one', () => {
    const looks = [quota(0.5, 100, 50), quota(0.2, 4, 4), null, quota(1, 9, 1)];
    const watch = new QuotaWatch(() => looks.shift() ?? null);
    expect([1, 1, 1, 1].map((pid) => watch.throttledSince(pid))).toEqual([null, null, null, null]);
    expect(watch.cores).toBe(0.2);
  });

  test('has nothing to tell where there never is one', () => {
    const watch = new QuotaWatch(() => null);
    expect([watch.throttledSince(1), watch.cores]).toEqual([null, null]);
  });
});
