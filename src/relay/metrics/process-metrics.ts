import { collectDefaultMetrics, type Registry } from 'prom-client';

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

/**
 * Registers what `prom-client` tells of a process, but for what it looks up one by one: open descriptors, handles and requests,
 * of which a relay has one for each connection. Whoever asks once a second would stop the event loop each time.
 */
export function watchProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: SELDOM_MS });
  for (const { name } of registry.getMetricsAsArray()) if (!TOLD.has(name)) registry.removeSingleMetric(name);
}
