import { performance } from 'node:perf_hooks';
import type { Filter } from '../../nostr/filter.ts';
import type { FanOut } from '../fanout/fan-out.ts';
import type { Outbox } from '../fanout/outbox.ts';
import { Subscription } from '../fanout/subscription.ts';
import { type FilterHolder, type FilterMemory, filterBytes } from '../limits/filter-memory.ts';
import type { RelayLimits } from '../limits/limits.ts';
import type { RelayStats } from '../metrics/stats.ts';
import type { EventStore, LimitedFilter, Reader } from '../store/store.ts';
import type { Lane } from '../work/lane.ts';
import type { Reads } from '../work/reads.ts';
import { Work } from '../work/work.ts';

/** What the subscriptions of a connection are made of. */
export interface SubscriptionParts {
  readonly store: EventStore;
  readonly fanOut: FanOut;
  readonly limits: RelayLimits;
  readonly filterMemory: FilterMemory;
  readonly stats: RelayStats;
}

/** The connection that they belong to. */
export interface SubscriptionOwner {
  readonly outbox: Outbox;
  readonly lane: Lane;
  /** Its questions to the store take turns. */
  readonly reads: Reads;
  /** Who asks; undefined where the relay shows everything to everybody. */
  readonly reader: Reader | undefined;
  /** Tells the client that a subscription has ended, and why. */
  readonly closed: (subscriptionId: string, message: string) => void;
}

/** What is asked for. */
export interface SubscriptionRequest {
  readonly subscriptionId: string;
  readonly filters: readonly Filter[];
}

interface Open {
  readonly subscription: Subscription;
  /** Reading and sending what is stored. */
  readonly work: Work;
  /** Estimated bytes of its filters. */
  readonly bytes: number;
  /** Filters that search. */
  readonly searches: number;
}

/** The open subscriptions of one connection (NIP-01), and what they take. */
export class Subscriptions implements FilterHolder {
  readonly #parts: SubscriptionParts;
  readonly #owner: SubscriptionOwner;
  readonly #open = new Map<string, Open>();
  #bytes = 0;
  #searches = 0;

  constructor(parts: SubscriptionParts, owner: SubscriptionOwner) {
    this.#parts = parts;
    this.#owner = owner;
  }

  get filterBytes(): number {
    return this.#bytes;
  }

  /**
   * Opens a subscription and sends what is stored; an open one of the same id ends. Rejects where the store fails.
   * @throws CancelledError where it ends before everything was sent
   */
  async open({ subscriptionId: id, filters }: SubscriptionRequest): Promise<void> {
    const { fanOut, filterMemory } = this.#parts;
    const { outbox, reader, lane, reads } = this.#owner;
    this.close(id);
    const bytes = filterBytes(filters);
    const searches = filters.filter(({ search }) => search !== undefined).length;
    const problem = this.#problem(bytes, searches);
    if (problem !== null) {
      this.#owner.closed(id, problem);
      return;
    }
    const open: Open = {
      subscription: new Subscription(id, outbox, reader),
      work: new Work(lane),
      bytes,
      searches,
    };
    this.#open.set(id, open);
    this.#count(bytes, searches);
    fanOut.add(open.subscription, filters);
    filterMemory.take(this, bytes);
    await reads.run(open.work, () => this.#sendStored(open, filters));
  }

  async #sendStored({ subscription, work }: Open, filters: readonly Filter[]): Promise<void> {
    const { store, stats } = this.#parts;
    const startedMs = performance.now();
    const limited = filters.map((filter) => this.#limited(filter));
    const pages = store.pages(limited, this.#owner.reader, work);
    const timed = onFirst(pages, () => stats.onQuery('req', (performance.now() - startedMs) / 1_000));
    await subscription.sendStored(timed, work);
  }

  /** Ends a subscription, if it is open. */
  close(id: string): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#open.delete(id);
    open.work.cancel();
    this.#parts.fanOut.remove(open.subscription);
    this.#count(-open.bytes, -open.searches);
    this.#parts.filterMemory.release(this, open.bytes);
  }

  /** Ends all of them, telling why; without a reason the client has gone. */
  closeAll(reason?: string): void {
    for (const id of [...this.#open.keys()]) {
      this.close(id);
      if (reason !== undefined) this.#owner.closed(id, reason);
    }
  }

  endLargest(): number {
    let largest: { readonly id: string; readonly bytes: number } | null = null;
    for (const [id, { bytes }] of this.#open) if (bytes > (largest?.bytes ?? 0)) largest = { id, bytes };
    if (largest === null) return 0;
    this.close(largest.id);
    this.#owner.closed(largest.id, 'error: all filters together take too much memory, and yours take most');
    return largest.bytes;
  }

  #problem(bytes: number, searches: number): string | null {
    const { maxSubscriptions, maxFilterBytes, maxLiveSearches } = this.#parts.limits;
    if (this.#open.size >= maxSubscriptions) return `error: more than ${maxSubscriptions} open subscriptions`;
    if (this.#bytes + bytes > maxFilterBytes) {
      return `error: the filters of this connection would take more than ${maxFilterBytes} bytes of memory`;
    }
    return this.#searches + searches > maxLiveSearches
      ? `error: more than ${maxLiveSearches} open searches`
      : null;
  }

  #count(bytes: number, searches: number): void {
    this.#bytes += bytes;
    this.#searches += searches;
  }

  #limited(filter: Filter): LimitedFilter {
    const { defaultLimit, maxLimit } = this.#parts.limits;
    return { ...filter, limit: Math.min(filter.limit ?? defaultLimit, maxLimit) };
  }
}

async function* onFirst<T>(pages: AsyncIterable<T>, tell: () => void): AsyncGenerator<T> {
  let isFirst = true;
  for await (const page of pages) {
    if (isFirst) tell();
    isFirst = false;
    yield page;
  }
}
