import type { Filter } from '../../nostr/filter.ts';
import type { Ordered } from '../../nostr/kinds.ts';
import type { Work } from '../work/work.ts';
import type { StoredEvent } from './stored-event.ts';

/**
 * What became of an event that was handed to the store:
 * - `stored`: it is kept and every later query sees it
 * - `duplicate`: it was there already
 * - `superseded`: a newer version of its address is kept (NIP-01)
 * - `deleted`: its author (of a gift wrap: its recipient) has deleted it (NIP-09) or has vanished (NIP-62)
 * - `full`: the store has reached its limit; nothing was changed
 * - `overloaded`: too many events wait to be stored; nothing was changed
 */
export type AddOutcome = 'stored' | 'duplicate' | 'superseded' | 'deleted' | 'full' | 'overloaded';

/** A filter whose `limit` is decided; stores apply it and never a default of their own. */
export type LimitedFilter = Filter & { readonly limit: number };

/**
 * Who asks: the keys that have authenticated (NIP-42). Gift wraps (NIP-59) are left out but for those that a `p`
 * tag addresses to one of them. Where no reader is given, nothing is left out.
 */
export interface Reader {
  readonly pubkeys: readonly string[];
}

/** A part of an answer. */
export interface AnswerPage {
  readonly events: readonly StoredEvent[];
  /** Bytes that the page keeps in memory as long as somebody has it, besides what the store holds anyway. */
  readonly heldBytes: number;
}

/** How full a store is. */
export interface StoreUsage {
  readonly events: number;
  /** Estimated bytes in use; null where the store does not know. */
  readonly bytes: number | null;
  /** Bytes at which the store answers `full`; null where it has no limit. */
  readonly limitBytes: number | null;
}

/**
 * Keeps events. Asynchronous so that a database fits; the promise of an operation may reject when the store
 * has failed, and the state of that one event is then unknown. Reads that are long take turns with those of other
 * clients where they are told for whom they work, and reject with CancelledError once nobody waits for them.
 */
export interface EventStore {
  /**
   * A synchronous hint that spares the verification of a duplicate: true means stored, false means nothing,
   * {@link EventStore.add} decides.
   */
  knows(id: string): boolean;
  /**
   * Keeps an event of a regular, replaceable or addressable kind, and obeys it when it is a deletion (NIP-09): of
   * events of its author and of gift wraps whose recipient its author is.
   */
  add(event: StoredEvent): Promise<AddOutcome>;
  /**
   * The events that match at least one filter, each once, newest first and in the same second lowest id
   * first; of every filter at most its `limit`. Expired events are left out. Where a filter searches (NIP-50),
   * the events come filter by filter instead, those of a search by relevance, and of equal relevance newest
   * first; the limit is applied after that.
   */
  query(filters: readonly LimitedFilter[], reader?: Reader, work?: Work): Promise<readonly StoredEvent[]>;
  /**
   * The same answer in pages, each read when it is asked for, so that a large answer is never held whole for somebody who
   * reads slowly.
   */
  pages(filters: readonly LimitedFilter[], reader?: Reader, work?: Work): AsyncIterable<AnswerPage>;
  /** How many events match at least one filter, whatever their limits (NIP-45). */
  count(filters: readonly Filter[], reader?: Reader, work?: Work): Promise<number>;
  /**
   * Time and id of all events that match, newest first, obeying `limit` where the filter has one (NIP-77); null
   * where they are more than `max`. `search` is not looked at.
   */
  list(filter: Filter, max: number, reader?: Reader, work?: Work): Promise<readonly Ordered[] | null>;
  /**
   * Obeys a request to vanish (NIP-62): deletes every event of `pubkey` that is not newer than `untilSeconds`,
   * deletion requests included and requests to vanish excepted, and the gift wraps up to then that are addressed
   * to it; from now on {@link EventStore.add} answers `deleted` to all of them. What deletion requests have
   * deleted stays away. A second request can only extend the time.
   * @param untilSeconds Unix seconds, inclusive
   */
  vanish(pubkey: string, untilSeconds: number): Promise<void>;
  usage(): StoreUsage;
  /** Whether operations can succeed now. */
  isReady(): boolean;
  close(): Promise<void>;
}
