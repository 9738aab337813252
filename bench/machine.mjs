// Where and when a benchmark was made.

import { cpus as readCpus } from 'node:os';
import { readEnvironment } from '../dist/observe/environment.js';
import { canPin } from './support.mjs';

/** Facts about this machine at the start of a benchmark. */
export function startOfBenchmark() {
  const { cpuModel, cpus, kernel, memoryBytes } = readEnvironment(true);
  return {
    at: new Date().toISOString(),
    machine: { cpuModel, cpus, memoryBytes, kernel, node: process.version },
    isPinned: canPin(),
    busy_cores: busyCores(),
  };
}

/** How many cores others keep busy: this process only waits meanwhile. Load averages still count what has ended. */
function busyCores(duration_ms = 2_000) {
  const before = totalTimes();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, duration_ms);
  const after = totalTimes();
  const [idle, all] = [after.idle - before.idle, after.all - before.all];
  return all > 0 ? Math.round((1 - idle / all) * readCpus().length * 100) / 100 : 0;
}

function totalTimes() {
  const sum = { idle: 0, all: 0 };
  for (const { times } of readCpus()) {
    sum.idle += times.idle;
    for (const time of Object.values(times)) sum.all += time;
  }
  return sum;
}
