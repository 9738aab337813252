import type { Random } from '../base/random.ts';
import type { Filter } from '../nostr/filter.ts';

/** A filter as a scenario writes it: a number draws that many values from the corpus of the run. */
export interface FilterTemplate {
  readonly [key: string]: number | readonly (string | number)[] | undefined;
}

/** What filters can be drawn from; all known to exist at the target. */
export interface DrawPools {
  readonly authors: readonly string[];
  readonly ids: readonly string[];
  /** Ids that other events refer to. */
  readonly threads: readonly string[];
  readonly topics: readonly string[];
}

const POOL_OF: ReadonlyMap<string, keyof DrawPools> = new Map([
  ['authors', 'authors'],
  ['#p', 'authors'],
  ['ids', 'ids'],
  ['#e', 'threads'],
  ['#t', 'topics'],
]);

/** The filter to send: numbers replaced by that many different values (fewer where the pool has fewer). */
export function drawFilter(template: FilterTemplate, pools: DrawPools, random: Random): Filter {
  const filter = new Map<string, unknown>();
  for (const [key, value] of Object.entries(template)) {
    const pool = POOL_OF.get(key);
    if (value === undefined) continue;
    const isDrawn = typeof value === 'number' && pool !== undefined;
    filter.set(key, isDrawn ? sample(pools[pool], value, random) : value);
  }
  // The scenario's schema knows what a filter is.
  return Object.fromEntries(filter) as Filter;
}

/** Fields of the templates that draw from a pool that is empty. */
export function emptyDraws(templates: readonly FilterTemplate[], pools: DrawPools): readonly string[] {
  const drawn = templates.flatMap((template) =>
    Object.entries(template).flatMap(([key, value]) => (typeof value === 'number' ? [key] : [])),
  );
  return [...new Set(drawn)].filter((key) => {
    const pool = POOL_OF.get(key);
    return pool !== undefined && pools[pool].length === 0;
  });
}

/** `count` different elements; Floyd's algorithm, so the cost does not grow with the pool. */
function sample(pool: readonly string[], count: number, random: Random): readonly string[] {
  const chosen = new Set<number>();
  for (let top = Math.max(0, pool.length - count); top < pool.length; top++) {
    const pick = random.int(top + 1);
    chosen.add(chosen.has(pick) ? top : pick);
  }
  return [...chosen].map((index) => pool[index] as string);
}
