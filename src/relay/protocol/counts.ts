import { performance } from 'node:perf_hooks';
import type { RelayLimits } from '../limits/limits.ts';
import type { RelayStats } from '../metrics/stats.ts';
import type { EventStore } from '../store/store.ts';
import { CANCELLED } from '../work/lane.ts';
import { Work } from '../work/work.ts';
import type { SubscriptionOwner, SubscriptionRequest } from './subscriptions.ts';

/** What the counts of a connection are made of. */
export interface CountParts {
  readonly store: EventStore;
  readonly limits: RelayLimits;
  readonly stats: RelayStats;
}

/** The counts of one connection that are not answered yet (NIP-45). */
export class Counts {
  readonly #parts: CountParts;
  readonly #owner: SubscriptionOwner;
  readonly #open = new Map<Work, string>();

  constructor(parts: CountParts, owner: SubscriptionOwner) {
    this.#parts = parts;
    this.#owner = owner;
  }

  /**
   * How many events match; null where the question was refused.
   * @throws CancelledError where it was cancelled before
   */
  async count({ subscriptionId, filters }: SubscriptionRequest): Promise<number | null> {
    const { store, limits, stats } = this.#parts;
    const { lane, reader, reads } = this.#owner;
    if (this.#open.size >= limits.maxSubscriptions) {
      this.#owner.closed(subscriptionId, `rate-limited: more than ${limits.maxSubscriptions} counts at once`);
      return null;
    }
    const work = new Work(lane);
    this.#open.set(work, subscriptionId);
    const startedMs = performance.now();
    try {
      const count = await reads.run(work, () => store.count(filters, reader, work));
      stats.onQuery('count', (performance.now() - startedMs) / 1_000);
      // Where a database has counted on although nobody waits any more.
      if (work.isCancelled) throw CANCELLED;
      return count;
    } finally {
      this.#open.delete(work);
    }
  }

  /** Cancels the counts of an id, or all of them. */
  cancel(subscriptionId?: string): void {
    // Who is told may ask the next one: not while they are gone through.
    for (const [work, id] of [...this.#open]) {
      if (subscriptionId === undefined || id === subscriptionId) work.cancel();
    }
  }
}
