/** The layers of the cache. */
export const CACHE_LAYERS = ['l1', 'l2'] as const;

export type CacheLayer = (typeof CACHE_LAYERS)[number];

/** Counts of one layer. */
export interface LayerCounts {
  hits: number;
  misses: number;
}

/** What the cache has answered so far; the metrics endpoint reads it. */
export class CacheStats {
  readonly layers: Readonly<Record<CacheLayer, LayerCounts>> = {
    l1: { hits: 0, misses: 0 },
    l2: { hits: 0, misses: 0 },
  };

  /** Hits as a share of what a layer was asked for; null before it was asked anything. */
  hitRate(layer: CacheLayer): number | null {
    const { hits, misses } = this.layers[layer];
    return hits + misses === 0 ? null : hits / (hits + misses);
  }
}
