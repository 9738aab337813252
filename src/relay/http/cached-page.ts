import type { IncomingHttpHeaders } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { NostrEvent } from '../../nostr/event.ts';
import { isProtected } from '../../nostr/nip70.ts';
import type { EventStore, LimitedFilter, Reader } from '../store/store.ts';
import { NOT_FOUND, type Reply } from './reply.ts';

/** What a page with an event needs of the relay. */
export interface EventPageParts {
  /** Leaves out what has expired. */
  readonly store: Pick<EventStore, 'query'>;
  readonly onQuery: (seconds: number) => void;
}

/** Caches may keep an event, which never changes, but have to ask each time whether it is still the one: it may be deleted. */
const ASK_AGAIN = 'public, no-cache';
/** Somebody who has not authenticated: gift wraps are not found. */
const STRANGER: Reader = { pubkeys: [] };

/**
 * By which a cache that holds pages can be told to drop them (`Surrogate-Key`): the event, its author, and what the author has of its
 * kind. A deletion request names the first by its `e` tags and the last by its `a` tags, a newer version the last, a request to vanish
 * the second.
 */
function purgeKeys({ id, pubkey, kind }: NostrEvent): string {
  return [id, pubkey, `${pubkey}/${kind}`].join(' ');
}

/** Whether the tag stands in an `If-None-Match` (RFC 9110, 13.1.2), which compares weakly. */
function isKnown(etag: string, header: string | undefined): boolean {
  if (header === undefined) return false;
  return header.split(',').some((each) => ['*', etag, `W/${etag}`].includes(each.trim()));
}

/**
 * The first event that a filter finds, as JSON. Its tag is its id, so that who has it is told so in a few bytes; but it may be
 * deleted, replaced, expire or vanish, so that no cache may serve it unasked. What is not here is answered 404 and not to be
 * kept. Gift wraps and protected events (NIP-59, NIP-70) are never served here, because a cache would give them to everybody.
 */
export async function cachedPage(
  filter: LimitedFilter,
  headers: IncomingHttpHeaders,
  { store, onQuery }: EventPageParts,
): Promise<Reply> {
  const startedMs = performance.now();
  const [event] = await store.query([filter], STRANGER);
  onQuery((performance.now() - startedMs) / 1_000);
  if (event === undefined) return NOT_FOUND;
  const told = JSON.parse(event.json) as NostrEvent;
  if (isProtected(told.tags)) return NOT_FOUND;
  const etag = `"${event.id}"`;
  const cacheHeaders = { etag, 'cache-control': ASK_AGAIN, 'surrogate-key': purgeKeys(told) };
  if (isKnown(etag, headers['if-none-match'])) return { status: 304, headers: cacheHeaders, body: '' };
  return { status: 200, headers: { ...cacheHeaders, 'content-type': 'application/json' }, body: event.json };
}
