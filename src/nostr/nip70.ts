import { GenericRepost, Repost } from 'nostr-tools/kinds';
import { checkEventShape, type NostrEvent } from './event.ts';
import { parseJson } from './json.ts';

/** Kinds that repeat another event in their content (NIP-18). */
const REPOST_KINDS: ReadonlySet<number> = new Set([Repost, GenericRepost]);

/** Whether only its author may publish an event (NIP-70). */
export function isProtected(tags: NostrEvent['tags']): boolean {
  return tags.some((tag) => tag.length === 1 && tag[0] === '-');
}

/** Whether an event repeats a protected one in its content, which would publish it by a back door. */
export function repostsProtected(event: NostrEvent): boolean {
  if (!REPOST_KINDS.has(event.kind) || event.content === '') return false;
  const { event: repeated } = checkEventShape(parseJson(event.content));
  return repeated !== undefined && isProtected(repeated.tags);
}
