import type { Registry } from 'prom-client';
import type { Verify } from './fanout/claimed-event.ts';
import type { Answer } from './protocol/ingest.ts';
import type { EventStore } from './store/store.ts';
import type { StoredEvent } from './store/stored-event.ts';

/** Everything behind a relay process: where events are kept, and how they come from and go to other processes. */
export interface Backend {
  readonly store: EventStore;
  /**
   * Answers queries over HTTP, where nobody may get what was deleted a second ago: past all caches while it is not certain
   * that this process is told of deletions elsewhere.
   */
  readonly pages: Pick<EventStore, 'query'>;
  /**
   * Tells the other relay processes of an event that this one has accepted. False where the subscribers of this one have it
   * already, because it was found in the store before its answer came.
   */
  readonly publish: (event: StoredEvent) => boolean;
  /**
   * Hands an event to another relay, which decides what becomes of it, and gives its OK; null where this one decides. Never
   * rejects.
   */
  readonly forward: ((event: StoredEvent) => Promise<Answer>) | null;
  /** Questions of one client that it may be asked at the same time: each answer that was read is in memory. */
  readonly readsAtOnce: number;
  /** What cannot be reached now, in words; null where everything can. */
  readonly problem: () => string | null;
  readonly registerMetrics: (registry: Registry) => void;
  /**
   * Begins to use its servers: to be called once. Until then, and while they are away, the store answers with errors.
   * Resolves when it can serve, or when the first attempt has failed in a way that passes: it then goes on trying.
   * Rejects with RelayBenchError `RELAY_STORE_UNREACHABLE` (exit 3) where the database can never be used.
   */
  readonly start: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What a backend needs of its relay. */
export interface BackendEnvironment {
  readonly nowSeconds: () => number;
  readonly onError: (error: unknown) => void;
  /** Told once of each failure of a server that is survived, and of its end. */
  readonly log: (text: string) => void;
  /** The relay cannot go on. */
  readonly onFatal: (error: Error) => void;
  /** Another relay process has accepted an event. */
  readonly deliver: (event: StoredEvent) => void;
  /** Checks the signature of an event that another process claims to have accepted. */
  readonly verify: Verify;
}
