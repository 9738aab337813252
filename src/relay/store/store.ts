import type { Filter } from '../../nostr/filter.ts';
import type { StoredEvent } from './stored-event.ts';

/**
 * What became of an event that was handed to the store:
 * - `stored`: it is kept and every later query sees it
 * - `duplicate`: it was there already
 * - `superseded`: a newer version of its address is kept (NIP-01)
 * - `deleted`: its author has deleted it (NIP-09)
 * - `full`: the store has reached its limit; nothing was changed
 */
export type AddOutcome = 'stored' | 'duplicate' | 'superseded' | 'deleted' | 'full';

/** A filter whose `limit` is decided; stores apply it and never a default of their own. */
export type LimitedFilter = Filter & { readonly limit: number };

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
 * has failed, and the state of that one event is then unknown.
 */
export interface EventStore {
  /**
   * A synchronous hint that spares the verification of a duplicate: true means stored, false means nothing,
   * {@link EventStore.add} decides.
   */
  knows(id: string): boolean;
  /** Keeps an event of a regular, replaceable or addressable kind, and obeys it when it is a deletion. */
  add(event: StoredEvent): Promise<AddOutcome>;
  /**
   * The events that match at least one filter, each once, newest first and in the same second lowest id
   * first; of every filter at most its `limit`. Expired events are left out.
   */
  query(filters: readonly LimitedFilter[]): Promise<readonly StoredEvent[]>;
  /** How many events match at least one filter, whatever their limits (NIP-45). */
  count(filters: readonly Filter[]): Promise<number>;
  usage(): StoreUsage;
  /** Whether operations can succeed now. */
  isReady(): boolean;
  close(): Promise<void>;
}
