import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { watchProcess } from '../../../../src/relay/metrics/process-metrics.ts';

it('tells the CPU and the memory of the process, and counts nothing one by one', async () => {
  const registry = new Registry();
  watchProcess(registry);
  const text = await registry.metrics();
  const names = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_heap_size_used_bytes',
      'nodejs_gc_duration_seconds',
    ]),
  );
  expect(names.filter((name) => /open_fds|active|eventloop|space/.test(name ?? ''))).toEqual([]);
});
