import type { Random } from '../base/random.ts';
import { Zipf } from '../corpus/generate/zipf.ts';
import { sample } from './draw-shape.ts';

/** Of the pools that were drawn from. */
const laws = new WeakMap<readonly string[], Zipf>();

function lawOf(pool: readonly string[]): Zipf {
  const known = laws.get(pool);
  if (known !== undefined) return known;
  const law = new Zipf(pool.length);
  laws.set(pool, law);
  return law;
}

/** So many draws of one that was drawn already are no sign of anything; after that the rest is as likely as any other. */
const TRIES = 50;

/** `count` different elements, the first of the pool most often, as Zipf's law says. */
export function samplePopular(pool: readonly string[], count: number, random: Random): readonly string[] {
  if (count >= pool.length) return sample(pool, count, random);
  const draws = { unit: () => random.next() };
  const chosen = new Set<string>();
  for (let tries = 0; chosen.size < count && tries < count * TRIES; tries++)
    chosen.add(pool[lawOf(pool).draw(draws)] as string);
  const missing = count - chosen.size;
  if (missing === 0) return [...chosen];
  const others = pool.filter((value) => !chosen.has(value));
  return [...chosen, ...sample(others, missing, random)];
}
