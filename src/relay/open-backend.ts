import type { Backend, BackendEnvironment } from './backend.ts';
import type { RelayOptions } from './options.ts';
import { MemoryStore } from './store/memory-store.ts';

/**
 * Opens what the options name.
 * @throws RelayBenchError `RELAY_STORE_UNREACHABLE` (exit 3) where the database cannot be used
 */
export async function openBackend(options: RelayOptions, environment: BackendEnvironment): Promise<Backend> {
  if (options.store !== 'memory') {
    // Loaded where it is needed: the clients of Postgres and Redis cost a third of the time that a relay takes to start.
    const { openShared } = await import('./shared-backend.ts');
    return await openShared(options, environment);
  }
  const { nowSeconds } = environment;
  const store = new MemoryStore({ limitBytes: options.memoryLimitBytes, nowSeconds });
  return {
    store,
    publish: () => undefined,
    problem: () => null,
    registerMetrics: () => undefined,
    close: () => store.close(),
  };
}
