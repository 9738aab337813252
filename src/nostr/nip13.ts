import type { NostrEvent } from './event.ts';

/** Leading zero bits of an id of lowercase hex: the work that finding it took (NIP-13). */
export function difficultyOf(id: string): number {
  const zeros = /^0*/.exec(id)?.[0].length ?? 0;
  const next = Number.parseInt(id[zeros] ?? '', 16);
  return 4 * zeros + (Number.isNaN(next) ? 0 : Math.clz32(next) - 28);
}

/** The difficulty that an event commits to in its `nonce` tag; null where it does not. */
export function committedTarget(tags: NostrEvent['tags']): number | null {
  const text = tags.find((tag) => tag[0] === 'nonce')?.[2];
  return text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : null;
}

/**
 * What keeps an event from having done the work that is asked for, or null. One that commits to less is refused
 * whatever its id: a lucky id of a spammer who aims lower is no work.
 * @param minimum leading zero bits
 */
export function workProblem(event: Pick<NostrEvent, 'id' | 'tags'>, minimum: number): string | null {
  if (minimum === 0) return null;
  const difficulty = difficultyOf(event.id);
  if (difficulty < minimum) return `difficulty ${difficulty} is less than ${minimum}`;
  const target = committedTarget(event.tags);
  return target !== null && target < minimum ? `committed target ${target} is less than ${minimum}` : null;
}
