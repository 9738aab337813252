import type { NostrEvent } from '../../src/nostr/event.ts';
import type { Filter } from '../../src/nostr/filter.ts';
import { CoverageTable } from '../../src/relay/edge/coverage-table.ts';
import { EdgeStats } from '../../src/relay/edge/edge-stats.ts';
import { EdgeStore } from '../../src/relay/edge/edge-store.ts';
import { follow } from '../../src/relay/edge/follow.ts';
import { Origin } from '../../src/relay/edge/origin.ts';
import { ORIGIN_TIMES, type OriginTimes } from '../../src/relay/edge/origin-times.ts';
import { eventually } from './eventually.ts';
import { MemoryOrigin } from './memory-origin.ts';

export interface SomeEdgeOptions {
  readonly maxLimit?: number;
  /** What the origin says of NIP-77, whether it does so or not; default false. */
  readonly reconciles?: boolean;
  readonly limitBytes?: number;
  readonly staleMaxMs?: number;
  readonly times?: Partial<OriginTimes>;
  /** So many times it is not known at first what the origin says of itself. */
  readonly failedInformations?: number;
  /** What the clock says when it connects. */
  readonly seconds?: number;
  /** What the origin keeps before the edge comes. */
  readonly before?: readonly NostrEvent[];
}

/** Signs of life are asked for rarely, and an origin that has gone is tried again at once. */
const TIMES: OriginTimes = {
  ...ORIGIN_TIMES,
  beatMs: 1_000_000,
  firstRetryMs: 1,
  longestRetryMs: 1,
  patienceMs: 20,
};

/** An edge that is connected to an origin inside the test. */
export async function someEdge({
  maxLimit = 500,
  reconciles = false,
  limitBytes = 1e9,
  staleMaxMs = 1e9,
  times = {},
  before = [],
  seconds = 1_000,
  failedInformations = 0,
}: SomeEdgeOptions = {}) {
  const clock = { seconds };
  const nowSeconds = (): number => clock.seconds;
  const memory = new MemoryOrigin({ nowSeconds, maxLimit });
  const log: string[] = [];
  let failures = 0;
  const origin = new Origin({
    name: 'the origin',
    open: memory.open,
    readInformation: () => {
      if (failures++ < failedInformations) return Promise.reject(new Error('no document'));
      return Promise.resolve({ maxLimit, reconciles });
    },
    nowSeconds,
    log: (text) => log.push(text),
    times: { ...TIMES, ...times },
  });
  const table = new CoverageTable(limitBytes);
  const stats = new EdgeStats();
  const store = new EdgeStore({ origin, table, stats, nowSeconds, staleMaxMs, limitBytes });
  /** Ids of what subscribers of the edge were told, in order. */
  const told: string[] = [];
  follow(origin, table, ({ id }) => void told.push(id));
  for (const event of before) await memory.publish(event);
  memory.pastSince = clock.seconds - 60;
  await origin.start();
  const ids = async (...filters: (Filter & { limit?: number })[]): Promise<string[]> =>
    (await store.query(filters.map((filter) => ({ limit: 100, ...filter })))).map(({ id }) => id);
  /** Lets the edge hear everything that the origin has said. */
  const quiet = (): Promise<void> =>
    eventually('the edge has heard everything', () => memory.heard === memory.version, { everyMs: 1 });
  return { clock, memory, origin, table, stats, store, told, log, ids, quiet };
}
