import type { FanOut } from '../fanout/fan-out.ts';
import type { FilterMemory } from '../limits/filter-memory.ts';
import type { RelayLimits } from '../limits/limits.ts';
import type { RelayStats } from '../metrics/stats.ts';
import type { EventStore } from '../store/store.ts';
import type { AuthenticationParts } from './authentication.ts';
import type { Ingest } from './ingest.ts';

/** What all sessions of a relay share. */
export interface SessionParts extends AuthenticationParts {
  readonly ingest: Ingest;
  readonly store: EventStore;
  readonly fanOut: FanOut;
  readonly filterMemory: FilterMemory;
  readonly limits: RelayLimits;
  readonly stats: RelayStats;
  /** Whether gift wraps are served to their authenticated recipients only (NIP-17, NIP-59). */
  readonly hidesGiftWraps: boolean;
  /** Questions of one client that are worked on at the same time. */
  readonly readsAtOnce: number;
  readonly onError: (error: unknown) => void;
}
