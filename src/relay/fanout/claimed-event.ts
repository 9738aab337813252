import { hash } from 'node:crypto';
import { checkEventShape, eventTexts, type NostrEvent } from '../../nostr/event.ts';
import { parseJson } from '../../nostr/json.ts';
import { type StoredEvent, toStoredEvent } from '../store/stored-event.ts';
import type { Verdict } from '../verify/verifier.ts';

/** Checks the signature of an event whose shape and id are right. */
export type Verify = (event: NostrEvent) => Verdict | Promise<Verdict>;

/**
 * The event that somebody claims to have accepted, verified as if a client had sent it: shape, id, signature (NIP-01).
 * @param claimed its text is all that is believed of it
 * @returns why it is none where it is not; `overloaded`: nobody had the time to look
 */
export async function verifyClaimed(
  claimed: Pick<StoredEvent, 'json'>,
  verify: Verify,
): Promise<StoredEvent | 'invalid' | 'overloaded'> {
  const { event } = checkEventShape(parseJson(claimed.json));
  if (event === undefined) return 'invalid';
  const { signed, json } = eventTexts(event);
  if (hash('sha256', signed, 'hex') !== event.id) return 'invalid';
  const verdict = await verify(event);
  return verdict === 'valid' ? toStoredEvent(event, json) : verdict;
}
