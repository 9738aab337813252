import { performance } from 'node:perf_hooks';
import {
  type ClientMessage,
  type InvalidClientMessage,
  parseClientMessage,
} from '../../nostr/client-message.ts';
import type { NostrEvent } from '../../nostr/event.ts';
import type { Filter } from '../../nostr/filter.ts';
import type { FanOut } from '../fanout/fan-out.ts';
import type { Outbox } from '../fanout/outbox.ts';
import { Subscription } from '../fanout/subscription.ts';
import { filtersProblem } from '../limits/check.ts';
import type { RelayLimits } from '../limits/limits.ts';
import type { RelayStats } from '../metrics/stats.ts';
import type { EventStore, LimitedFilter } from '../store/store.ts';
import type { Ingest } from './ingest.ts';

/** What all sessions of a relay share. */
export interface SessionParts {
  readonly ingest: Ingest;
  readonly store: EventStore;
  readonly fanOut: FanOut;
  readonly limits: RelayLimits;
  readonly stats: RelayStats;
  readonly onError: (error: unknown) => void;
}

type Query = Extract<ClientMessage, { type: 'REQ' | 'COUNT' }>;

/** The conversation with one client (NIP-01): reads its messages, owns its subscriptions. */
export class Session {
  readonly #parts: SessionParts;
  readonly #outbox: Outbox;
  readonly #subscriptions = new Map<string, Subscription>();
  #isStopping = false;

  constructor(parts: SessionParts, outbox: Outbox) {
    this.#parts = parts;
    this.#outbox = outbox;
  }

  /** Handles one text message. Never throws. */
  receive(text: string): void {
    const message = parseClientMessage(text);
    switch (message.type) {
      case 'EVENT':
        this.#event(message.event);
        break;
      case 'REQ':
      case 'COUNT':
        this.#query(message);
        break;
      case 'CLOSE':
        this.#unsubscribe(message.subscriptionId);
        break;
      case 'INVALID':
        this.#invalid(message);
    }
  }

  /** Tells the client about a message that was no text of this protocol. */
  notice(text: string): void {
    this.#parts.stats.invalidMessages++;
    this.#send(['NOTICE', text]);
  }

  /** Ends all subscriptions with CLOSED and accepts nothing more, because the relay stops. */
  stop(): void {
    this.#isStopping = true;
    for (const id of [...this.#subscriptions.keys()]) {
      this.#unsubscribe(id);
      this.#closed(id, 'error: the relay is shutting down');
    }
  }

  /** Forgets everything about a client that has gone. */
  end(): void {
    for (const id of [...this.#subscriptions.keys()]) this.#unsubscribe(id);
  }

  #send(message: readonly unknown[]): void {
    this.#outbox.sendText(JSON.stringify(message));
  }

  #closed(subscriptionId: string, message: string): void {
    this.#send(['CLOSED', subscriptionId, message]);
  }

  #event(event: NostrEvent): void {
    if (this.#isStopping) {
      this.#send(['OK', event.id, false, 'error: the relay is shutting down']);
      return;
    }
    // The id is hex, so the text needs no escaping; messages are the relay's own.
    this.#parts.ingest
      .publish(event)
      .then(
        ({ accepted, message }) => this.#outbox.sendText(`["OK","${event.id}",${accepted},"${message}"]`),
        this.#parts.onError,
      );
  }

  #invalid({ problem, eventId, subscriptionId }: InvalidClientMessage): void {
    if (subscriptionId !== undefined) this.#refuseQuery(subscriptionId, `invalid: ${problem}`);
    else if (eventId === undefined) this.notice(`invalid: ${problem}`);
    else {
      this.#parts.stats.events.invalid++;
      this.#send(['OK', eventId, false, `invalid: ${problem}`]);
    }
  }

  /** Refuses a REQ or COUNT; an open subscription of the same id has ended too, as if it were replaced. */
  #refuseQuery(subscriptionId: string, message: string): void {
    this.#parts.stats.invalidMessages++;
    this.#unsubscribe(subscriptionId);
    this.#closed(subscriptionId, message);
  }

  #query(query: Query): void {
    const { limits, onError } = this.#parts;
    const problem = filtersProblem(query.filters, limits);
    if (this.#isStopping) {
      this.#closed(query.subscriptionId, 'error: the relay is shutting down');
    } else if (problem !== null) {
      this.#refuseQuery(query.subscriptionId, `invalid: ${problem}`);
    } else {
      const answered = query.type === 'COUNT' ? this.#count(query) : this.#subscribe(query);
      answered.catch((error: unknown) => {
        onError(error);
        this.#refuseQuery(query.subscriptionId, 'error: internal failure');
      });
    }
  }

  async #subscribe({ subscriptionId, filters }: Query): Promise<void> {
    const { fanOut, limits, store, stats } = this.#parts;
    this.#unsubscribe(subscriptionId);
    if (this.#subscriptions.size >= limits.maxSubscriptions) {
      this.#closed(subscriptionId, `error: more than ${limits.maxSubscriptions} open subscriptions`);
      return;
    }
    const subscription = new Subscription(subscriptionId, filters, this.#outbox);
    this.#subscriptions.set(subscriptionId, subscription);
    fanOut.add(subscription);
    const startedMs = performance.now();
    const events = await store.query(filters.map((filter) => this.#limited(filter)));
    stats.onQuery('req', (performance.now() - startedMs) / 1_000);
    await subscription.sendStored(events);
  }

  async #count({ subscriptionId, filters }: Query): Promise<void> {
    const { store, stats } = this.#parts;
    const startedMs = performance.now();
    const count = await store.count(filters);
    stats.onQuery('count', (performance.now() - startedMs) / 1_000);
    this.#send(['COUNT', subscriptionId, { count }]);
  }

  #limited(filter: Filter): LimitedFilter {
    const { defaultLimit, maxLimit } = this.#parts.limits;
    return { ...filter, limit: Math.min(filter.limit ?? defaultLimit, maxLimit) };
  }

  #unsubscribe(subscriptionId: string): void {
    const subscription = this.#subscriptions.get(subscriptionId);
    if (subscription === undefined) return;
    this.#subscriptions.delete(subscriptionId);
    this.#parts.fanOut.remove(subscription);
  }
}
