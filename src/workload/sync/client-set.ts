import { createHash } from 'node:crypto';
import type { Random } from '../../base/random.ts';
import { compareNewestFirst } from '../../nostr/kinds.ts';
import { NegentropyItems } from '../../nostr/negentropy/items.ts';
import { type Differences, openNegentropy } from '../../nostr/nip77.ts';
import type { StoredNote } from '../worker-part.ts';

/** What one client has, and how that differs from what the relay has. */
export interface ClientSet {
  readonly items: NegentropyItems;
  /** First message of its syncs. */
  readonly opening: Buffer;
  readonly differences: Differences;
}

/**
 * A client that lacks some of the stored events and has others that nobody was sent.
 * @param stored all that the relay has
 * @param wanted how many it lacks, at most all, and how many it has besides
 */
export function drawClientSet(
  stored: readonly StoredNote[],
  wanted: { readonly missing: number; readonly extra: number },
  random: Random,
): ClientSet {
  const need = new Set<string>();
  while (need.size < Math.min(wanted.missing, stored.length)) need.add(pick(stored, random).id);
  const extras = Array.from({ length: stored.length === 0 ? 0 : wanted.extra }, () => ({
    id: createHash('sha256').update(`${random.next()}`).digest('hex'),
    created_at: pick(stored, random).created_at,
  }));
  const own = [...stored.filter(({ id }) => !need.has(id)), ...extras];
  const items = NegentropyItems.of(own.sort(compareNewestFirst));
  const have = new Set(extras.map(({ id }) => id));
  return { items, opening: openNegentropy(items), differences: { have, need } };
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[random.int(list.length)] as T;
}

/**
 * What is wrong with the differences that a sync has found:
 * - `unfound`: the relay has an event that the client lacks, and did not say so
 * - `lost`: the relay says that it lacks an event that it has acknowledged
 * - `unknown`: the relay names an event that nobody was sent
 */
export type SyncFault = 'unfound' | 'lost' | 'unknown';

/** What is wrong first, with ids that show it; null where both sides know what differs. */
export function judgeSync(
  { need, have }: Differences,
  found: Differences,
): { readonly fault: SyncFault; readonly ids: readonly string[] } | null {
  const faults: readonly (readonly [SyncFault, readonly string[]])[] = [
    ['unfound', [...need].filter((id) => !found.need.has(id))],
    ['lost', [...found.have].filter((id) => !have.has(id))],
    ['unknown', [...found.need].filter((id) => !need.has(id))],
  ];
  const first = faults.find(([, ids]) => ids.length > 0);
  return first === undefined ? null : { fault: first[0], ids: first[1] };
}
