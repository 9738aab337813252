import { availableParallelism, loadavg } from 'node:os';
import { pid, version } from 'node:process';
import { readEnvironment } from '../../observe/environment.ts';
import { readOpenFileLimit, readPortRange } from '../../observe/limits.ts';
import { readProcess } from '../../observe/proc.ts';
import type { MachineFacts } from './examine.ts';

/** Reads what `doctor` judges; nothing is changed and nothing is sent. */
export function readMachineFacts(): MachineFacts {
  return {
    node: version,
    openFiles: readOpenFileLimit(),
    ports: readPortRange(),
    cpus: availableParallelism(),
    memoryBytes: readEnvironment(true).memoryBytes,
    load1: loadavg()[0] ?? 0,
    canReadProcesses: readProcess(pid).ok,
  };
}
