import { own } from '../../base/own.ts';
import type { Figures } from './figures.ts';

/** Samples of the relay's metrics, by the names that they have here; those with the same name are added up. */
const SAMPLES: Readonly<Record<string, string>> = {
  nostr_connections: 'connections',
  nostr_subscriptions: 'subscriptions',
  nostr_events_total: 'events_total',
  nostr_query_latency_seconds_count: 'queries_total',
  nostr_deliveries_total: 'deliveries_total',
  nostr_event_loop_utilization: 'loopBusy',
  nostr_verify_queue_depth: 'verifyQueue',
  nostr_store_queue_depth: 'storeQueue',
  nostr_pool_waiting: 'poolWaiting',
  nostr_store_reads_waiting: 'poolWaiting',
};

/** Cache samples have a label for their layer: `nostr_cache_hits_total{layer="L1"}` is `l1Hits_total`. */
const CACHE_SAMPLES: Readonly<Record<string, string>> = {
  nostr_cache_hits_total: 'Hits_total',
  nostr_cache_misses_total: 'Misses_total',
};

/** Delay of the event loop, in seconds there and in ms here. */
const LOOP_DELAY = 'nostr_event_loop_delay_seconds';

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{([^}]*)\})? ([-+\d.eE]+|NaN)/;

/** The figures in the metrics of a relay process (Prometheus text format). */
export function relayFigures(metrics: string): Figures {
  const figures = new Map<string, number>();
  for (const line of metrics.split('\n')) {
    const [, name = '', labels = '', text = ''] = LINE.exec(line) ?? [];
    const key = own(SAMPLES, name) ?? cacheKey(name, labels) ?? loopDelayKey(name, labels);
    const value = Number(text) * (name === LOOP_DELAY ? MS_PER_S : 1);
    if (key !== undefined && Number.isFinite(value)) figures.set(key, (figures.get(key) ?? 0) + value);
  }
  return Object.fromEntries(figures);
}

const MS_PER_S = 1_000;

function loopDelayKey(name: string, labels: string): string | undefined {
  return name === LOOP_DELAY && labels === 'quantile="0.99"' ? 'loopDelayP99_ms' : undefined;
}

function cacheKey(name: string, labels: string): string | undefined {
  const result = own(CACHE_SAMPLES, name);
  const layer = /layer="(\w+)"/.exec(labels)?.[1]?.toLowerCase();
  return layer === undefined || result === undefined ? undefined : layer + result;
}
