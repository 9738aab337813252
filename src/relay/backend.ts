import type { Registry } from 'prom-client';
import type { EventStore } from './store/store.ts';
import type { StoredEvent } from './store/stored-event.ts';

/** Everything behind a relay process: where events are kept, and how they come from and go to other processes. */
export interface Backend {
  readonly store: EventStore;
  /** Tells the other relay processes of an event that this one has accepted. */
  readonly publish: (event: StoredEvent) => void;
  /** What cannot be reached now, in words; null where everything can. */
  readonly problem: () => string | null;
  readonly registerMetrics: (registry: Registry) => void;
  readonly close: () => Promise<void>;
}

/** What a backend needs of its relay. */
export interface BackendEnvironment {
  readonly nowSeconds: () => number;
  readonly onError: (error: unknown) => void;
  /** Another relay process has accepted an event. */
  readonly deliver: (event: StoredEvent) => void;
}
