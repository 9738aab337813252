import type { Backend, BackendEnvironment } from './backend.ts';
import type { RelayOptions } from './options.ts';
import { MemoryStore } from './store/memory-store.ts';
import { READS_AT_ONCE } from './work/reads.ts';

/** Makes what the options name; it does nothing before it is started. */
export async function openBackend(options: RelayOptions, environment: BackendEnvironment): Promise<Backend> {
  if (options.edge !== null) {
    const { openEdge } = await import('./edge/edge-backend.ts');
    return openEdge(options.edge, options, environment);
  }
  if (options.store !== 'memory') {
    // Loaded where it is needed: the clients of Postgres and Redis cost a third of the time that a relay takes to start.
    const { openShared } = await import('./shared-backend.ts');
    return openShared(options, environment);
  }
  const { nowSeconds } = environment;
  const store = new MemoryStore({ limitBytes: options.memoryLimitBytes, nowSeconds });
  return {
    store,
    pages: store,
    publish: () => true,
    forward: null,
    readsAtOnce: READS_AT_ONCE,
    problem: () => null,
    registerMetrics: () => undefined,
    start: () => Promise.resolve(),
    close: () => store.close(),
  };
}
