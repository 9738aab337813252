// Where and when a benchmark was made.

import { loadavg } from 'node:os';
import { readEnvironment } from '../dist/observe/environment.js';
import { canPin } from './support.mjs';

/** Facts about this machine at the start of a benchmark. */
export function startOfBenchmark() {
  const { cpuModel, cpus, kernel, memoryBytes } = readEnvironment(true);
  const [loadAverage] = loadavg();
  return {
    at: new Date().toISOString(),
    machine: { cpuModel, cpus, memoryBytes, kernel, node: process.version },
    isPinned: canPin(),
    loadAverage: Math.round(loadAverage * 100) / 100,
  };
}
