import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { watchProcess } from '../../../../src/relay/metrics/process-metrics.ts';

async function told(openFiles?: () => Promise<number>): Promise<string> {
  const registry = new Registry();
  watchProcess(registry, openFiles);
  return await registry.metrics();
}

it('tells the CPU and the memory of the process, and looks nothing up one by one', async () => {
  const names = [...(await told()).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_heap_size_used_bytes',
      'nodejs_gc_duration_seconds',
    ]),
  );
  expect(names.filter((name) => /active|eventloop|space/.test(name ?? ''))).toEqual([]);
});

it('tells how many files and sockets are open, where the system lists them', async () => {
  const open = /^process_open_fds \d+$/m;
  expect(await told(async () => 3)).toMatch(/^process_open_fds 3$/m);
  expect(await told(() => Promise.reject(new Error('no such directory')))).not.toMatch(open);
});
