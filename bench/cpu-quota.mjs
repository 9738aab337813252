// A CPU quota over processes or threads, by a control group of its own: what a container's limit does. Needs root, and control
// groups with the CPU among them (of threads: version 1).

import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { childrenOf } from '../dist/observe/process-tree.js';

const [FIRST, SECOND] = ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup'];
/** The kernel takes no quota below a millisecond, and no period above a second. */
const LEAST_QUOTA_US = 1_000;
const PERIOD_US = 50_000;
const LONGEST_PERIOD_US = 1_000_000;
const GROUP = `relay-bench-${process.pid}`;

/** Whether this machine can do it. */
export function canLimitThreads() {
  return existsSync(`${FIRST}/cpu.cfs_period_us`) && process.getuid?.() === 0;
}

/** @throws Error where it can't */
export function requireQuotas() {
  if (process.getuid?.() !== 0) throw new Error('CPU quotas need root');
  if (!existsSync(`${FIRST}/cpu.cfs_period_us`) && !existsSync(`${SECOND}/cgroup.controllers`))
    throw new Error('CPU quotas need control groups (cgroup) with the CPU among them');
}

/**
 * Makes a group that may use so many cores.
 * @param {number} cores
 * @returns how to put processes and threads into it, and its end, which sets all of them free
 */
export function quotaOf(cores) {
  const isFirst = existsSync(`${FIRST}/cpu.cfs_period_us`);
  const root = isFirst ? FIRST : SECOND;
  const group = `${root}/${GROUP}`;
  const period_us = Math.round(Math.min(LONGEST_PERIOD_US, Math.max(PERIOD_US, LEAST_QUOTA_US / cores)));
  const quota_us = Math.max(LEAST_QUOTA_US, Math.round(cores * period_us));
  if (!isFirst) writeFileSync(`${root}/cgroup.subtree_control`, '+cpu');
  mkdirSync(group, { recursive: true });
  if (isFirst) {
    writeFileSync(`${group}/cpu.cfs_period_us`, String(period_us));
    writeFileSync(`${group}/cpu.cfs_quota_us`, String(quota_us));
  } else writeFileSync(`${group}/cpu.max`, `${quota_us} ${period_us}`);
  const list = isFirst ? 'tasks' : 'cgroup.procs';
  let home = root;
  return {
    cores: quota_us / period_us,
    /** A process with its children; those that it starts later are in it too. @param {number} pid */
    addProcess: (pid) => {
      home = homeOf(pid, root, isFirst);
      for (const one of [pid, ...childrenOf(pid)]) put(`${group}/cgroup.procs`, one);
    },
    /** @param {number} tid */
    addThread: (tid) => {
      home = homeOf(tid, root, isFirst);
      put(`${group}/tasks`, tid);
    },
    end: () => release(group, `${home}/${list}`, list),
  };
}

/** The group in which something is now, and to which it goes back. */
function homeOf(id, root, isFirst) {
  const text = readFileSync(`/proc/${id}/cgroup`, 'utf8');
  const [, path = '/'] = (isFirst ? /^\d+:cpu(?:,[^:]*)?:(.*)$/m : /^0::(.*)$/m).exec(text) ?? [];
  return path === '/' ? root : `${root}${path}`;
}

function put(file, id) {
  try {
    writeFileSync(file, String(id));
  } catch (error) {
    // A process that has ended meanwhile needs no quota.
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Until nothing is left in it: what is started meanwhile is in it as well. */
function release(group, outside, list) {
  for (let attempt = 0; attempt < 100; attempt++) {
    const left = readFileSync(`${group}/${list}`, 'utf8')
      .split('\n')
      .filter((id) => id !== '');
    if (left.length === 0) break;
    for (const id of left) put(outside, id);
  }
  rmdirSync(group);
}

/**
 * CPU seconds of every thread of a process but its main one, by thread.
 * @param {number} pid
 * @returns {Map<number, number>}
 */
export function cpuOfThreads(pid) {
  const threads = readdirSync(`/proc/${pid}/task`)
    .map(Number)
    .filter((tid) => tid !== pid);
  return new Map(threads.map((tid) => [tid, cpuOfThread(pid, tid)]));
}

function cpuOfThread(pid, tid) {
  try {
    // The time on a CPU in nanoseconds: those of `stat` are hundredths of a second, coarse for a thread that is hardly busy.
    const [onCpu_ns] = readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'latin1').split(' ');
    return Number(onCpu_ns) / 1e9;
  } catch {
    // It has ended since it was listed.
    return 0;
  }
}

/** Processes below this one whose command line matches. @param {RegExp} pattern */
export function descendantsThat(pattern) {
  const found = [];
  const queue = [process.pid];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    for (const child of childrenOrNone(pid)) {
      queue.push(child);
      if (pattern.test(commandLine(child))) found.push(child);
    }
  }
  return found;
}

function childrenOrNone(pid) {
  try {
    return childrenOf(pid);
  } catch {
    // It has ended since it was listed.
    return [];
  }
}

function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
