import { COUNTER_MAP_NAMES, counterMapDefinition } from '../metric/counter-maps.ts';
import { COUNTER_NAMES, counterDefinition } from '../metric/counters.ts';
import type { CounterRows } from './messages.ts';

/** Counters of which less is better; what another counter explains can't be told of a single second. */
const PLAIN = COUNTER_NAMES.flatMap((name, index) => {
  const { direction, explainedBy } = counterDefinition(name);
  return direction === 'lower' && explainedBy === undefined ? [{ name, index }] : [];
});
const BY_WORD = COUNTER_MAP_NAMES.filter((name) => counterMapDefinition(name).direction === 'lower');

/** By counter, or `counter{word}`. */
export type Reasons = ReadonlyMap<string, number>;

/** What has gone wrong so far in a worker, all phases together. */
export function reasonsIn({ rows, words }: CounterRows): Reasons {
  const sums = new Map<string, number>();
  const add = (key: string, count: number): void => {
    if (count > 0) sums.set(key, (sums.get(key) ?? 0) + count);
  };
  for (const row of rows) for (const { name, index } of PLAIN) add(name, row[index] ?? 0);
  for (const name of BY_WORD) {
    for (const row of words[name]) for (const [word, count] of row) add(`${name}{${word}}`, count);
  }
  return sums;
}

/** Adds what `now` has beyond `before`. */
export function addGrowth(sums: Map<string, number>, now: Reasons, before: Reasons): void {
  for (const [key, count] of now) {
    const more = count - (before.get(key) ?? 0);
    if (more > 0) sums.set(key, (sums.get(key) ?? 0) + more);
  }
}
