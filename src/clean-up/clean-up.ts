import { setTimeout as sleep } from 'node:timers/promises';
import { findIds } from '../audit/find-ids.ts';
import { openReadConnection, type ReadConnection } from '../audit/read-connection.ts';
import { messageOf } from '../base/errors.ts';
import { maskUrl } from '../base/mask-url.ts';
import type { NostrEvent } from '../nostr/event.ts';
import type { Filter } from '../nostr/filter.ts';
import { prefixOf } from '../nostr/relay-message.ts';
import { deletionsOf } from './deletions.ts';
import { findOwn, type Whereabouts } from './find-own.ts';
import type { OwnKeys } from './own-keys.ts';

/** What has become of the events that a run has left at its relays. */
export interface CleanUpResult {
  /** Events of the run that were there. */
  readonly found: number;
  /** Of them, those that are gone. */
  readonly deleted: number;
  /** Deletion requests (NIP-09) that the relays have taken; they stay. */
  readonly requests: number;
  /** Requests that were refused, by the machine-readable word of the OK. */
  readonly refused: Readonly<Record<string, number>>;
  /** What kept it from its end, one sentence a relay. */
  readonly problems: readonly string[];
}

export interface CleanUpRequest extends Pick<Whereabouts, 'topics' | 'maxLimit'> {
  readonly urls: readonly string[];
  readonly insecure: boolean;
  readonly authUrl?: string | undefined;
  /** Ids of further events, asked for again until nothing new is found. */
  readonly ids: () => Whereabouts['ids'];
  readonly keys: OwnKeys;
  /** Told how many events are there, before the first is deleted. */
  readonly onFound?: (events: number) => void;
  /** Waits (ms) before what is still there is looked for again; 200, 1,000 and 3,000 unless given. */
  readonly againAfterMs?: readonly number[];
  /** Wait (ms) before a request that met a rate limit is sent again; 2,000 unless given. */
  readonly rateLimitMs?: number;
}

const TIMEOUT_MS = 10_000;
/** A replica or a second process may hear of a deletion later. */
const AGAIN_AFTER_MS = [200, 1_000, 3_000];
const RATE_LIMIT_MS = 2_000;
/** How often a request is sent that meets a rate limit. */
const MOST_TRIES = 15;
const AT_ONCE = 100;

/**
 * Asks relays to delete what a run has published there (NIP-09), and looks whether they have. Only events that the run's own
 * throwaway keys have signed are touched. Never throws: what kept it from its end stands in the result.
 */
export async function cleanUp(request: CleanUpRequest): Promise<CleanUpResult> {
  const tally = new Tally();
  for (const url of request.urls) {
    try {
      await cleanRelay(url, request, tally);
    } catch (error) {
      tally.problems.push(`${maskUrl(url)}: ${messageOf(error)}`);
    }
  }
  return tally.result();
}

async function cleanRelay(url: string, request: CleanUpRequest, tally: Tally): Promise<void> {
  const { insecure, authUrl, onFound, againAfterMs = AGAIN_AFTER_MS } = request;
  const options = { url, timeoutMs: TIMEOUT_MS, insecure, authUrl };
  const reader = await openReadConnection(options);
  try {
    const asked = new Set<string>();
    for (;;) {
      const events = await newOnes(reader, request, asked);
      if (events.length === 0) break;
      onFound?.(events.length);
      tally.found += events.length;
      await requestDeletion(reader, events, request, tally);
    }
    const batch = Math.min(AT_ONCE, request.maxLimit ?? AT_ONCE);
    tally.deleted += asked.size - (await leftOf(reader, [...asked], { batch, againAfterMs })).length;
  } finally {
    reader.close();
  }
}

/**
 * Events of the run that nobody has asked to delete yet, and now somebody will. All of them before the first is deleted, so
 * that the requests are few; what a full second has hidden is seen the next time.
 */
async function newOnes(
  reader: ReadConnection,
  { keys, ids, topics, maxLimit }: CleanUpRequest,
  asked: Set<string>,
): Promise<readonly NostrEvent[]> {
  const found: NostrEvent[] = [];
  const isOwn = ({ pubkey }: NostrEvent): boolean => keys.has(pubkey);
  const query = (filter: Filter): Promise<readonly NostrEvent[]> => reader.query(filter);
  for await (const events of findOwn(query, { topics, maxLimit, ids: ids(), isOwn })) {
    found.push(...events.filter(({ id }) => !asked.has(id)));
    for (const { id } of events) asked.add(id);
  }
  return found;
}

async function requestDeletion(
  relay: ReadConnection,
  events: readonly NostrEvent[],
  { keys, rateLimitMs = RATE_LIMIT_MS }: CleanUpRequest,
  tally: Tally,
): Promise<void> {
  for (const deletion of deletionsOf(events)) {
    const signed = keys.sign(deletion, Math.floor(Date.now() / 1_000));
    let answer = await relay.publish(signed);
    for (let tries = 1; isLimited(answer.message) && !answer.accepted && tries < MOST_TRIES; tries++) {
      await sleep(rateLimitMs);
      answer = await relay.publish(signed);
    }
    tally.answered(answer);
  }
}

function isLimited(message: string): boolean {
  return prefixOf(message) === 'rate-limited';
}

interface Looking {
  /** Ids of one question. */
  readonly batch: number;
  readonly againAfterMs: readonly number[];
}

/** The ids that are still there, however often the relay is asked. */
async function leftOf(
  reader: ReadConnection,
  ids: readonly string[],
  looking: Looking,
): Promise<readonly string[]> {
  let left = await presentOf(reader, ids, looking.batch);
  for (const waitMs of looking.againAfterMs) {
    if (left.length === 0) break;
    await sleep(waitMs);
    left = await presentOf(reader, left, looking.batch);
  }
  return left;
}

async function presentOf(
  reader: ReadConnection,
  ids: readonly string[],
  batch: number,
): Promise<readonly string[]> {
  const present: string[] = [];
  for (let at = 0; at < ids.length; at += batch)
    present.push(...(await findIds(reader, ids.slice(at, at + batch))));
  return present;
}

class Tally {
  readonly problems: string[] = [];
  found = 0;
  deleted = 0;
  #requests = 0;
  readonly #refused = new Map<string, number>();

  answered({ accepted, message }: { readonly accepted: boolean; readonly message: string }): void {
    const word = prefixOf(message);
    if (accepted) this.#requests++;
    else this.#refused.set(word, (this.#refused.get(word) ?? 0) + 1);
  }

  result(): CleanUpResult {
    return {
      found: this.found,
      deleted: this.deleted,
      requests: this.#requests,
      refused: Object.fromEntries(this.#refused),
      problems: this.problems,
    };
  }
}
