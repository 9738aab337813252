import type { NostrEvent } from '../../nostr/event.ts';
import { fetchRelayInformation } from '../../nostr/nip11-fetch.ts';
import { isProtected } from '../../nostr/nip70.ts';
import type { Backend, BackendEnvironment } from '../backend.ts';
import type { RelayOptions } from '../options.ts';
import type { Answer } from '../protocol/ingest.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import { StoreUnavailableError } from '../store/unavailable.ts';
import { CoverageTable } from './coverage-table.ts';
import { registerEdgeMetrics } from './edge-metrics.ts';
import type { EdgeOptions } from './edge-options.ts';
import { EdgeStats } from './edge-stats.ts';
import { EdgeStore } from './edge-store.ts';
import { follow } from './follow.ts';
import { Origin } from './origin.ts';
import { informationReader } from './origin-information.ts';
import { webSocketLinks } from './origin-link.ts';
import { ORIGIN_TIMES } from './origin-times.ts';

/**
 * Questions of one client at the same time. Those that wait for the origin take next to nothing, and hold up what is held here if they
 * are few; so many whole answers of one client are in memory at the most.
 */
const READS_AT_ONCE = 64;
/** Pages over HTTP are answered while everything is known that the origin had accepted so long ago. */
const PAGES_AGE_MAX_MS = 2_000;

const PROTECTED: Answer = {
  accepted: false,
  message: 'blocked: protected events are taken by the origin of this edge only',
};

/** Makes the backend of an edge: everything behind it is its origin. */
export function openEdge(
  { origin: url, maxStaleS }: EdgeOptions,
  { memoryLimitBytes }: Pick<RelayOptions, 'memoryLimitBytes'>,
  { nowSeconds, log, deliver }: BackendEnvironment,
): Backend {
  const traffic = { received: 0, sent: 0 };
  const origin = new Origin({
    name: `the origin ${new URL(url).host}`,
    open: webSocketLinks(url, traffic),
    readInformation: informationReader(() => fetchRelayInformation(url)),
    nowSeconds,
    log,
    times: ORIGIN_TIMES,
  });
  const table = new CoverageTable(memoryLimitBytes);
  const stats = new EdgeStats();
  const store = new EdgeStore({
    ...{ origin, table, stats, nowSeconds },
    staleMaxMs: maxStaleS * 1_000,
    limitBytes: memoryLimitBytes,
  });
  follow(origin, table, deliver);
  return {
    store,
    pages: { query: (filters, reader) => freshly(origin, () => store.query(filters, reader)) },
    // The origin tells of it, like of any other.
    publish: () => false,
    forward: (event) => (isForAuthorOnly(event) ? Promise.resolve(PROTECTED) : origin.publish(event)),
    readsAtOnce: READS_AT_ONCE,
    problem: () => (store.isReady() ? null : 'the origin is not reachable'),
    registerMetrics: (registry) => registerEdgeMetrics(registry, { stats, table, origin, traffic }),
    start: () => origin.start(),
    close: () => {
      origin.close();
      return store.close();
    },
  };
}

async function freshly<T>(origin: Origin, read: () => Promise<T>): Promise<T> {
  if (origin.ageMs <= PAGES_AGE_MAX_MS) return await read();
  throw new StoreUnavailableError('the origin cannot be reached, try again later');
}

/** Whether only its author may publish it (NIP-70), which an edge can't prove to its origin. */
function isForAuthorOnly({ json }: StoredEvent): boolean {
  return json.includes('["-"]') && isProtected((JSON.parse(json) as NostrEvent).tags);
}
