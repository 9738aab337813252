import { cpuUsage } from 'node:process';

/** CPU time of this process since its start, user and system, all threads, in microseconds. */
export function ownCpu_us(): number {
  const { user, system } = cpuUsage();
  return user + system;
}
