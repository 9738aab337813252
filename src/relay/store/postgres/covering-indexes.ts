import type { ClientBase } from 'pg';
import { inLock } from './migrate.ts';

/** The indexes from which most questions are answered: by author, by kind, by time, by tag. */
const COVERING = ['event_by_author', 'event_by_kind', 'event_by_time', 'tag_by_value'] as const;

/**
 * Removes the covering indexes, for whoever wants to see what they are worth: answers stay right and take longer. Keys,
 * words, expiry and transactions keep theirs. Safe to run from many relays at once.
 */
export async function dropCoveringIndexes(client: ClientBase): Promise<void> {
  await inLock(client, () => client.query(`drop index if exists ${COVERING.join(', ')}`));
}
