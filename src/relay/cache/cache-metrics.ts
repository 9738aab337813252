import type { Registry } from 'prom-client';
import { counter, labelledCounter, labelledGauge } from '../metrics/instruments.ts';
import { CACHE_LAYERS, type CacheLayer, type CacheStats } from './cache-stats.ts';
import type { SecondLayer } from './second-layer.ts';

/** Registers what the cache tells about itself. A layer that was asked nothing has no hit rate yet. */
export function registerCacheMetrics(
  registry: Registry,
  stats: CacheStats,
  secondLayer: SecondLayer | null,
): void {
  const layers = secondLayer === null ? CACHE_LAYERS.slice(0, 1) : CACHE_LAYERS;
  const byLayer = (read: (layer: CacheLayer) => number | null) => () =>
    Object.fromEntries(
      layers.flatMap((layer) => {
        const number = read(layer);
        return number === null ? [] : [[layer, number]];
      }),
    );
  labelledGauge(
    registry,
    { name: 'nostr_cache_hit_rate', help: 'Hits as a share of what a layer was asked for', label: 'layer' },
    byLayer((layer) => stats.hitRate(layer)),
  );
  labelledCounter(
    registry,
    { name: 'nostr_cache_hits_total', help: 'Keys and filters that a layer has answered', label: 'layer' },
    byLayer((layer) => stats.layers[layer].hits),
  );
  labelledCounter(
    registry,
    { name: 'nostr_cache_misses_total', help: 'Keys and filters that a layer did not know', label: 'layer' },
    byLayer((layer) => stats.layers[layer].misses),
  );
  if (secondLayer === null) return;
  counter(
    registry,
    'nostr_cache_errors_total',
    'Operations of the second layer that have failed',
    () => secondLayer.errors,
  );
}
