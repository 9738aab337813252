import { performance } from 'node:perf_hooks';
import {
  type ClientMessage,
  type InvalidClientMessage,
  parseClientMessage,
  type ReconciliationMessage,
} from '../../nostr/client-message.ts';
import type { NostrEvent } from '../../nostr/event.ts';
import type { Filter } from '../../nostr/filter.ts';
import type { FanOut } from '../fanout/fan-out.ts';
import type { Outbox } from '../fanout/outbox.ts';
import { Subscription } from '../fanout/subscription.ts';
import type { ConnectionBudget } from '../limits/budgets.ts';
import { filtersProblem } from '../limits/check.ts';
import type { RelayLimits } from '../limits/limits.ts';
import type { RelayStats } from '../metrics/stats.ts';
import type { EventStore, LimitedFilter, Reader } from '../store/store.ts';
import { StoreUnavailableError } from '../store/unavailable.ts';
import { readProblem } from './access.ts';
import { Authentication, type AuthenticationParts } from './authentication.ts';
import type { Answer, Ingest } from './ingest.ts';
import { Reconciliations } from './reconciliations.ts';

/** What all sessions of a relay share. */
export interface SessionParts extends AuthenticationParts {
  readonly ingest: Ingest;
  readonly store: EventStore;
  readonly fanOut: FanOut;
  readonly limits: RelayLimits;
  readonly stats: RelayStats;
  /** Whether gift wraps are served to their authenticated recipients only (NIP-17, NIP-59). */
  readonly hidesGiftWraps: boolean;
  readonly onError: (error: unknown) => void;
}

type Query = Extract<ClientMessage, { type: 'REQ' | 'COUNT' }>;

const SHUTTING_DOWN = 'error: the relay is shutting down';
const RATE_LIMITED = 'rate-limited: slow down';

/** The conversation with one client (NIP-01): reads its messages, owns its subscriptions. */
export class Session {
  readonly #parts: SessionParts;
  readonly #outbox: Outbox;
  readonly #budget: ConnectionBudget;
  readonly #authentication: Authentication;
  /** Who asks; undefined where the relay shows everything to everybody. */
  readonly #reader: Reader | undefined;
  readonly #subscriptions = new Map<string, Subscription>();
  /** Made when it is first needed: most clients never reconcile. */
  #reconciliations: Reconciliations | null = null;
  #isStopping = false;

  constructor(parts: SessionParts, outbox: Outbox, budget: ConnectionBudget) {
    this.#parts = parts;
    this.#outbox = outbox;
    this.#budget = budget;
    this.#authentication = new Authentication(parts);
    this.#reader = parts.hidesGiftWraps ? this.#authentication : undefined;
  }

  /** Tells a new client what it needs to authenticate (NIP-42). */
  greet(): void {
    this.#outbox.sendText(`["AUTH","${this.#authentication.challenge}"]`);
  }

  /** Handles one text message. Never throws. */
  receive(text: string): void {
    const message = parseClientMessage(text);
    switch (message.type) {
      case 'EVENT':
        this.#event(message.event);
        break;
      case 'AUTH':
        this.#authenticate(message.event);
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
        break;
      default:
        this.#reconcile(message);
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
      this.#closed(id, SHUTTING_DOWN);
    }
    this.#reconciliations?.closeAll('closed: the relay is shutting down');
  }

  /** Forgets everything about a client that has gone. */
  end(): void {
    for (const id of [...this.#subscriptions.keys()]) this.#unsubscribe(id);
    this.#reconciliations?.closeAll();
    this.#budget.close();
  }

  #send(message: readonly unknown[]): void {
    this.#outbox.sendText(JSON.stringify(message));
  }

  #closed(subscriptionId: string, message: string): void {
    this.#send(['CLOSED', subscriptionId, message]);
  }

  /** The id is hex, so the text needs no escaping; messages are the relay's own. */
  #ok(eventId: string, { accepted, message }: Answer): void {
    this.#outbox.sendText(`["OK","${eventId}",${accepted},"${message}"]`);
  }

  #event(event: NostrEvent): void {
    const { ingest, stats, onError } = this.#parts;
    if (this.#isStopping) this.#ok(event.id, { accepted: false, message: SHUTTING_DOWN });
    else if (!this.#budget.takeEvent()) {
      stats.events['rate-limited']++;
      this.#ok(event.id, { accepted: false, message: RATE_LIMITED });
    } else {
      const answer = ingest.publish(event, this.#authentication.pubkeys);
      if (answer instanceof Promise) answer.then((settled) => this.#ok(event.id, settled), onError);
      else this.#ok(event.id, answer);
    }
  }

  #authenticate(event: NostrEvent): void {
    if (!this.#budget.takeEvent()) {
      this.#ok(event.id, { accepted: false, message: RATE_LIMITED });
      return;
    }
    this.#authentication.authenticate(event).then(
      (answer) => this.#ok(event.id, answer),
      (error: unknown) => {
        this.#parts.onError(error);
        this.#ok(event.id, { accepted: false, message: 'error: internal failure' });
      },
    );
  }

  #invalid({ problem, eventId, subscriptionId, reconciliationId }: InvalidClientMessage): void {
    const message = `invalid: ${problem}`;
    if (subscriptionId !== undefined) this.#refuseQuery(subscriptionId, message);
    else if (reconciliationId !== undefined) this.#refuseReconciliation(reconciliationId, message);
    else if (eventId === undefined) this.notice(message);
    else {
      this.#parts.stats.events.invalid++;
      this.#send(['OK', eventId, false, message]);
    }
  }

  /** What the client is told of a failed operation; the log is told the rest. */
  #failed(error: unknown): string {
    if (error instanceof StoreUnavailableError) return `error: ${error.message}`;
    this.#parts.onError(error);
    return 'error: internal failure';
  }

  /** Refuses a REQ or COUNT; an open subscription of the same id has ended too, as if it were replaced. */
  #refuseQuery(subscriptionId: string, message: string): void {
    this.#parts.stats.invalidMessages++;
    this.#unsubscribe(subscriptionId);
    this.#closed(subscriptionId, message);
  }

  /** What keeps filters from being answered, as the message of CLOSED or NEG-ERR, or null. */
  #readProblem(filters: readonly Filter[]): string | null {
    if (this.#isStopping) return SHUTTING_DOWN;
    if (!this.#budget.takeReq()) return RATE_LIMITED;
    const problem = filtersProblem(filters, this.#parts.limits);
    if (problem !== null) return `invalid: ${problem}`;
    return this.#reader === undefined ? null : readProblem(filters, this.#reader.pubkeys);
  }

  #query(query: Query): void {
    const problem = this.#readProblem(query.filters);
    if (problem !== null) {
      this.#refuseQuery(query.subscriptionId, problem);
      return;
    }
    const answered = query.type === 'COUNT' ? this.#count(query) : this.#subscribe(query);
    answered.catch((error: unknown) => this.#refuseQuery(query.subscriptionId, this.#failed(error)));
  }

  async #subscribe({ subscriptionId, filters }: Query): Promise<void> {
    const { fanOut, limits, store, stats } = this.#parts;
    this.#unsubscribe(subscriptionId);
    if (this.#subscriptions.size >= limits.maxSubscriptions) {
      this.#closed(subscriptionId, `error: more than ${limits.maxSubscriptions} open subscriptions`);
      return;
    }
    const subscription = new Subscription(subscriptionId, filters, this.#outbox, this.#reader);
    this.#subscriptions.set(subscriptionId, subscription);
    fanOut.add(subscription);
    const startedMs = performance.now();
    const limited = filters.map((filter) => this.#limited(filter));
    const events = await store.query(limited, this.#reader);
    stats.onQuery('req', (performance.now() - startedMs) / 1_000);
    await subscription.sendStored(events);
  }

  async #count({ subscriptionId, filters }: Query): Promise<void> {
    const { store, stats } = this.#parts;
    const startedMs = performance.now();
    const count = await store.count(filters, this.#reader);
    stats.onQuery('count', (performance.now() - startedMs) / 1_000);
    this.#send(['COUNT', subscriptionId, { count }]);
  }

  #reconcile(message: ReconciliationMessage): void {
    const { subscriptionId } = message;
    const reconciliations = this.#reconciliationsOf();
    if (message.type === 'NEG-CLOSE') {
      reconciliations.close(subscriptionId);
      return;
    }
    const problem = this.#readProblem(message.type === 'NEG-OPEN' ? [message.filter] : []);
    if (problem !== null) this.#refuseReconciliation(subscriptionId, problem);
    else if (message.type === 'NEG-MSG') reconciliations.answer(subscriptionId, message.message);
    else {
      reconciliations
        .open(message, this.#reader)
        .catch((error: unknown) => this.#refuseReconciliation(subscriptionId, this.#failed(error)));
    }
  }

  #refuseReconciliation(subscriptionId: string, message: string): void {
    this.#parts.stats.invalidMessages++;
    this.#reconciliationsOf().fail(subscriptionId, message);
  }

  #reconciliationsOf(): Reconciliations {
    this.#reconciliations ??= new Reconciliations(this.#parts, (message) => this.#send(message));
    return this.#reconciliations;
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
