import type { Figures } from './figures.ts';

/** Samples of the relay's metrics, by the names that they have here; those with the same name are added up. */
const SAMPLES: Readonly<Record<string, string>> = {
  nostr_connections: 'connections',
  nostr_subscriptions: 'subscriptions',
  nostr_events_total: 'events_total',
  nostr_query_latency_seconds_count: 'queries_total',
  nostr_deliveries_total: 'deliveries_total',
};

/** Cache samples: `nostr_cache_requests_total{layer="l1",result="hit"}` is `l1Hits_total`. */
const CACHE_SAMPLE = 'nostr_cache_requests_total';
const CACHE_RESULTS: Readonly<Record<string, string>> = { hit: 'Hits_total', miss: 'Misses_total' };

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{([^}]*)\})? ([-+\d.eE]+|NaN)/;

/** The figures in the metrics of a relay process (Prometheus text format). */
export function relayFigures(metrics: string): Figures {
  const figures: Record<string, number> = {};
  for (const line of metrics.split('\n')) {
    const [, name = '', labels = '', text = ''] = LINE.exec(line) ?? [];
    const key = name === CACHE_SAMPLE ? cacheKey(labels) : SAMPLES[name];
    const value = Number(text);
    if (key !== undefined && Number.isFinite(value)) figures[key] = (figures[key] ?? 0) + value;
  }
  return figures;
}

function cacheKey(labels: string): string | undefined {
  const layer = /layer="(\w+)"/.exec(labels)?.[1]?.toLowerCase();
  const result = CACHE_RESULTS[/result="(\w+)"/.exec(labels)?.[1] ?? ''];
  return layer === undefined || result === undefined ? undefined : layer + result;
}
