import type { NostrEvent } from '../nostr/event.ts';
import type { Filter } from '../nostr/filter.ts';
import { DELETION_KIND } from '../nostr/kinds.ts';

/** Asks a relay for stored events. */
export type Query = (filter: Filter) => Promise<readonly NostrEvent[]>;

/** Events of one answer: what most relays give, and little to hold. */
const PAGE = 500;
/** Ids or topics of one question: a message of 7 KB. */
const AT_ONCE = 100;

/** Where the events of a run are found. */
export interface Whereabouts {
  /** Values of the `t` tags that events signed for the run carry. */
  readonly topics: readonly string[];
  /** Ids of further events, in batches of any size. */
  readonly ids: AsyncIterable<readonly string[]> | Iterable<readonly string[]>;
  /** `max_limit` of the relay (NIP-11); null where it is not known. */
  readonly maxLimit: number | null;
  readonly isOwn: (event: NostrEvent) => boolean;
}

/**
 * Pages of events that are the run's own. Of a second that holds more than a relay answers at a time the rest shows only once
 * the first are gone.
 */
export async function* findOwn(
  query: Query,
  whereabouts: Whereabouts,
): AsyncGenerator<readonly NostrEvent[]> {
  const { topics, ids, maxLimit, isOwn } = whereabouts;
  const limit = Math.min(PAGE, maxLimit ?? PAGE);
  const isWanted = (event: NostrEvent): boolean => event.kind !== DELETION_KIND && isOwn(event);
  for (let at = 0; at < topics.length; at += AT_ONCE)
    yield* byTopic(query, { topics: topics.slice(at, at + AT_ONCE), limit, isWanted });
  for await (const batch of ids) yield* byId(query, { batch, limit, isWanted });
}

interface Topics {
  readonly topics: readonly string[];
  readonly limit: number;
  readonly isWanted: (event: NostrEvent) => boolean;
}

async function* byTopic(query: Query, { topics, limit, isWanted }: Topics): AsyncGenerator<NostrEvent[]> {
  const seen = new Set<string>();
  for (let until = Number.MAX_SAFE_INTEGER; ; ) {
    const window = until === Number.MAX_SAFE_INTEGER ? {} : { until };
    const asked = until;
    const answer = await query({ '#t': [...topics], limit, ...window });
    // A relay that ignores the window would never come to an end.
    const events = answer.filter(({ created_at }) => created_at <= asked);
    if (events.length === 0) return;
    const fresh = events.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    const oldest_s = Math.min(...events.map(({ created_at }) => created_at));
    // A second that shows nothing new has no more to show.
    until = fresh.length === 0 ? Math.min(oldest_s, until) - 1 : oldest_s;
    const wanted = fresh.filter(isWanted);
    if (wanted.length > 0) yield wanted;
  }
}

interface Ids {
  readonly batch: readonly string[];
  readonly limit: number;
  readonly isWanted: (event: NostrEvent) => boolean;
}

async function* byId(query: Query, { batch, limit, isWanted }: Ids): AsyncGenerator<NostrEvent[]> {
  const most = Math.min(AT_ONCE, limit);
  for (let at = 0; at < batch.length; at += most) {
    const ids = batch.slice(at, at + most);
    const wanted = (await query({ ids, limit: ids.length })).filter(isWanted);
    if (wanted.length > 0) yield wanted;
  }
}
