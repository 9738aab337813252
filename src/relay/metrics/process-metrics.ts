import { readdir } from 'node:fs/promises';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';

/** What is told of the process: what costs no time to find out. */
const TOLD: ReadonlySet<string> = new Set([
  'process_cpu_user_seconds_total',
  'process_cpu_system_seconds_total',
  'process_cpu_seconds_total',
  'process_start_time_seconds',
  'process_resident_memory_bytes',
  'process_virtual_memory_bytes',
  'process_heap_bytes',
  'process_max_fds',
  'nodejs_heap_size_total_bytes',
  'nodejs_heap_size_used_bytes',
  'nodejs_external_memory_bytes',
  'nodejs_gc_duration_seconds',
  'nodejs_version_info',
]);
/** The library has a sampler of the event loop of its own: of no use beside ours, so it is to wake as seldom as it can. */
const SELDOM_MS = 3_600_000;

/** Where Linux lists the open files and sockets of a process. */
const DESCRIPTORS = '/proc/self/fd';

/** One of them is the list itself. */
async function countOpenFiles(): Promise<number> {
  return (await readdir(DESCRIPTORS)).length - 1;
}

/**
 * Registers what `prom-client` tells of a process, but for handles and requests, which it looks up one by one and of which a relay
 * has one for each connection: whoever asks once a second would stop the event loop each time. Open files are counted beside it.
 * @param openFiles rejects on systems without such a list; tests pass another
 */
export function watchProcess(registry: Registry, openFiles: () => Promise<number> = countOpenFiles): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: SELDOM_MS });
  for (const { name } of registry.getMetricsAsArray()) if (!TOLD.has(name)) registry.removeSingleMetric(name);
  new Gauge({
    name: 'process_open_fds',
    help: 'Open files and sockets; nothing where the system does not list them',
    registers: [registry],
    async collect() {
      const count = await openFiles().catch(() => null);
      if (count === null) this.remove();
      else this.set(count);
    },
  });
}
