import { VANISH_KIND } from '../../nostr/kinds.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import { ownersOf } from '../store/tombstones.ts';

/** A question to the origin that is under way, and what the origin has accepted meanwhile. */
export interface Pull {
  readonly changes: StoredEvent[];
  /** Its answer may not be believed. */
  isDoubtful: boolean;
}

/** Whether a request to vanish (NIP-62) may concern an event. */
export function mayHaveVanished(event: StoredEvent, request: StoredEvent): boolean {
  return (
    event.kind !== VANISH_KIND &&
    event.created_at <= request.created_at &&
    ownersOf(event).includes(request.pubkey)
  );
}

/** Whether an answer is true once the changes of its pull are applied to it; else it has to be asked for again. */
export function isSound({ changes, isDoubtful }: Pull, answer: readonly StoredEvent[]): boolean {
  if (isDoubtful) return false;
  const requests = changes.filter(({ kind }) => kind === VANISH_KIND);
  return !requests.some((request) => answer.some((event) => mayHaveVanished(event, request)));
}
