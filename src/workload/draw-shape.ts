import type { Random } from '../base/random.ts';
import type { Filter } from '../nostr/filter.ts';
import type { ShapeDraw } from '../scenario/named-shapes.ts';

/** What named shapes are drawn from, besides what every filter is. */
export interface ShapePools {
  readonly quietAuthors: readonly string[];
  readonly liked: readonly string[];
  readonly conversations: readonly (readonly [author: string, recipient: string])[];
  readonly recent: readonly number[];
}

const POOL_OF = {
  'quiet-authors': 'quietAuthors',
  'liked-notes': 'liked',
  conversation: 'conversations',
  'recent-moment': 'recent',
} as const satisfies Record<ShapeDraw, keyof ShapePools>;

/** Whether there is nothing to draw from. */
export function isShapeEmpty(draw: ShapeDraw, pools: ShapePools | undefined): boolean {
  return pools === undefined || pools[POOL_OF[draw]].length === 0;
}

/** The fields of a filter that a named shape draws; the number of values of a field is that of the template. */
export function drawShape(
  draw: ShapeDraw,
  pools: ShapePools,
  wanted: { readonly authors: number; readonly threads: number },
  random: Random,
): Filter {
  const any = <T>(pool: readonly T[]): T => pool[random.int(pool.length)] as T;
  switch (draw) {
    case 'quiet-authors':
      return { authors: sample(pools.quietAuthors, wanted.authors, random) };
    case 'liked-notes':
      return { '#e': sample(pools.liked, wanted.threads, random) };
    case 'conversation': {
      const [author, recipient] = any(pools.conversations);
      return { authors: [author], '#p': [recipient] };
    }
    case 'recent-moment':
      return { since: any(pools.recent) };
    default:
      return draw satisfies never;
  }
}

/** `count` different elements; Floyd's algorithm, so the cost does not grow with the pool. */
export function sample(pool: readonly string[], count: number, random: Random): readonly string[] {
  const chosen = new Set<number>();
  for (let top = Math.max(0, pool.length - count); top < pool.length; top++) {
    const pick = random.int(top + 1);
    chosen.add(chosen.has(pick) ? top : pick);
  }
  return [...chosen].map((index) => pool[index] as string);
}
