import type { Random } from '../base/random.ts';
import type { Filter } from '../nostr/filter.ts';
import type { ShapeDraw } from '../scenario/named-shapes.ts';
import { drawShape, isShapeEmpty, type ShapePools, sample } from './draw-shape.ts';

/** A filter as a scenario writes it: a number draws that many values from the corpus of the run. */
export interface FilterTemplate {
  readonly [key: string]: number | string | readonly (string | number)[] | undefined;
}

/** What filters can be drawn from; all known to exist at the target. */
export interface DrawPools {
  readonly authors: readonly string[];
  readonly ids: readonly string[];
  /** Ids that other events refer to. */
  readonly threads: readonly string[];
  readonly topics: readonly string[];
  /** Words that occur in contents, to be searched for. */
  readonly words: readonly string[];
  /** Of a named corpus. */
  readonly shapes?: ShapePools;
}

type ListPool = 'authors' | 'ids' | 'threads' | 'topics' | 'words';

const POOL_OF: ReadonlyMap<string, ListPool> = new Map([
  ['authors', 'authors'],
  ['#p', 'authors'],
  ['ids', 'ids'],
  ['#e', 'threads'],
  ['#t', 'topics'],
  ['search', 'words'],
]);

/** A filter that is to be drawn. */
export interface Drawable {
  readonly filter: FilterTemplate;
  /** What is drawn besides, of a named shape. */
  readonly draw?: ShapeDraw;
}

/** Draws different elements of a pool. */
export type Sample = (pool: readonly string[], count: number, random: Random) => readonly string[];

/**
 * The filter to send: numbers replaced by that many different values (fewer where the pool has fewer).
 * @param choose how values are drawn that no named shape draws; default: one as likely as the other
 */
export function drawFilter(
  { filter: template, draw }: Drawable,
  pools: DrawPools,
  random: Random,
  choose: Sample = sample,
): Filter {
  const shaped = draw === undefined ? {} : drawOf(draw, template, pools, random);
  const filter = new Map<string, unknown>();
  for (const [key, value] of Object.entries(template))
    if (value !== undefined && !Object.hasOwn(shaped, key))
      filter.set(
        key,
        drawn(key, value, pools, (pool, count) => choose(pool, count, random)),
      );
  // The scenario's schema knows what a filter is.
  return { ...(Object.fromEntries(filter) as Filter), ...shaped };
}

/** The value of a field: drawn where it says how many, else as it stands; the words of a search are one text. */
function drawn(
  key: string,
  value: NonNullable<FilterTemplate[string]>,
  pools: DrawPools,
  choose: (pool: readonly string[], count: number) => readonly string[],
): unknown {
  const pool = POOL_OF.get(key);
  if (typeof value !== 'number' || pool === undefined) return value;
  const values = choose(pools[pool], value);
  return key === 'search' ? values.join(' ') : values;
}

function drawOf(draw: ShapeDraw, template: FilterTemplate, { shapes }: DrawPools, random: Random): Filter {
  if (shapes === undefined || isShapeEmpty(draw, shapes)) return {};
  const wanted = { authors: Number(template['authors'] ?? 0), threads: Number(template['#e'] ?? 0) };
  return drawShape(draw, shapes, wanted, random);
}

/** What filters draw of which there is nothing: fields, and what named shapes draw besides. */
export function emptyDraws(asked: readonly Drawable[], pools: DrawPools): readonly string[] {
  const drawn = asked.flatMap(({ filter }) =>
    Object.entries(filter).flatMap(([key, value]) => (typeof value === 'number' ? [key] : [])),
  );
  const fields = drawn.filter((key) => {
    const pool = POOL_OF.get(key);
    return pool !== undefined && pools[pool].length === 0;
  });
  const shapes = asked.flatMap(({ draw }) =>
    draw !== undefined && isShapeEmpty(draw, pools.shapes) ? [draw] : [],
  );
  return [...new Set([...fields, ...shapes])];
}
