import {
  type ClientMessage,
  type InvalidClientMessage,
  parseClientMessage,
  type ReconciliationMessage,
} from '../../nostr/client-message.ts';
import type { NostrEvent } from '../../nostr/event.ts';
import type { Filter } from '../../nostr/filter.ts';
import { filtersProblem } from '../limits/check.ts';
import { longRequestProblem } from '../limits/long-request.ts';
import type { Reader } from '../store/store.ts';
import { StoreUnavailableError } from '../store/unavailable.ts';
import { CancelledError } from '../work/lane.ts';
import { Reads } from '../work/reads.ts';
import { readProblem } from './access.ts';
import { Authentication } from './authentication.ts';
import { Counts } from './counts.ts';
import type { Answer, Publisher } from './ingest.ts';
import { Reconciliations } from './reconciliations.ts';
import { publisherOf, type SessionConnection } from './session-connection.ts';
import type { SessionParts } from './session-parts.ts';
import { Subscriptions } from './subscriptions.ts';

type Query = Extract<ClientMessage, { type: 'REQ' | 'COUNT' }>;

const SHUTTING_DOWN = 'error: the relay is shutting down';
const RATE_LIMITED = 'rate-limited: slow down';

/** The conversation with one client (NIP-01): reads its messages, owns its subscriptions. */
export class Session {
  readonly #parts: SessionParts;
  readonly #connection: SessionConnection;
  readonly #authentication: Authentication;
  readonly #publisher: Publisher;
  /** Who asks; undefined where the relay shows everything to everybody. */
  readonly #reader: Reader | undefined;
  readonly #reads: Reads;
  readonly #subscriptions: Subscriptions;
  readonly #counts: Counts;
  /** Made when it is first needed: most clients never reconcile. */
  #reconciliations: Reconciliations | null = null;
  /** Characters of the message that is handled. */
  #length = 0;
  #isStopping = false;
  #hasLeft = false;
  #answersDue = 0;

  constructor(parts: SessionParts, connection: SessionConnection) {
    this.#parts = parts;
    this.#connection = connection;
    this.#reads = new Reads(parts.readsAtOnce);
    this.#authentication = new Authentication(parts);
    this.#reader = parts.hidesGiftWraps ? this.#authentication : undefined;
    this.#publisher = publisherOf(connection, this.#authentication);
    const closed = (id: string, message: string): void => this.#closed(id, message);
    const { outbox, lane } = connection;
    const owner = { outbox, lane, reads: this.#reads, reader: this.#reader, closed };
    this.#subscriptions = new Subscriptions(parts, owner);
    this.#counts = new Counts(parts, owner);
  }

  /** Tells a new client what it needs to authenticate (NIP-42). */
  greet(): void {
    this.#connection.outbox.sendText(`["AUTH","${this.#authentication.challenge}"]`);
  }

  /** Handles one text message. Never throws. */
  receive(text: string): void {
    this.#length = text.length;
    const message = longRequestProblem(text, this.#parts.limits) ?? parseClientMessage(text);
    if (this.#hasLeft && message.type !== 'EVENT') return;
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
    this.#countMalformed();
  }

  /** A message could not be understood, or asked for more than is allowed: it was answered, but not any number of them is. */
  #countMalformed(): void {
    const { budget, cut } = this.#connection;
    if (!budget.takeMalformed(this.#length)) cut('too many messages that are malformed or ask for too much');
  }

  /** Events that were received and not answered. */
  get answersDue(): number {
    return this.#answersDue;
  }

  /**
   * Ends all subscriptions with CLOSED and opens no more, because the relay stops. Events are still taken: who has sent one
   * can't know.
   */
  stop(): void {
    this.#isStopping = true;
    this.#subscriptions.closeAll(SHUTTING_DOWN);
    this.#reconciliations?.closeAll('closed: the relay is shutting down');
  }

  /** The client has gone: nobody waits for answers. Events that it has sent before are still taken. */
  leave(): void {
    this.#hasLeft = true;
    this.#subscriptions.closeAll();
    this.#counts.cancel();
    this.#reconciliations?.closeAll();
  }

  /** Nothing more of the client will be handled. */
  end(): void {
    this.leave();
    this.#connection.budget.close();
  }

  #send(message: readonly unknown[]): void {
    this.#connection.outbox.sendText(JSON.stringify(message));
  }

  #closed(subscriptionId: string, message: string): void {
    this.#send(['CLOSED', subscriptionId, message]);
  }

  /** The id is hex and needs no escaping; the message may be that of another relay. */
  #ok(eventId: string, { accepted, message }: Answer): void {
    this.#connection.outbox.sendText(
      `["OK","${eventId}",${accepted},${message === '' ? '""' : JSON.stringify(message)}]`,
    );
  }

  #event(event: NostrEvent): void {
    const { ingest, stats, onError } = this.#parts;
    if (!this.#connection.budget.takeEvent()) {
      stats.events['rate-limited']++;
      this.#ok(event.id, { accepted: false, message: RATE_LIMITED });
    } else {
      const answer = ingest.publish(event, this.#publisher);
      if (answer instanceof Promise) this.#okLater(event.id, answer).catch(onError);
      else this.#ok(event.id, answer);
    }
  }

  async #okLater(id: string, answer: Promise<Answer>): Promise<void> {
    this.#answersDue++;
    try {
      this.#ok(id, await answer);
    } finally {
      this.#answersDue--;
    }
  }

  #authenticate(event: NostrEvent): void {
    if (!this.#connection.budget.takeEvent()) {
      this.#ok(event.id, { accepted: false, message: RATE_LIMITED });
      return;
    }
    this.#authentication.authenticate(event, this.#connection.sender).then(
      (answer) => this.#ok(event.id, answer),
      (error: unknown) => {
        this.#parts.onError(error);
        this.#ok(event.id, { accepted: false, message: 'error: internal failure' });
      },
    );
  }

  /** Answers what could not be understood; it counts like what it was meant to be. */
  #invalid(invalid: InvalidClientMessage): void {
    const message = `invalid: ${invalid.problem}`;
    if (this.#answerInvalid(invalid, message)) this.#countMalformed();
    else this.notice(message);
  }

  /** @returns false where nothing says what it would be the answer to */
  #answerInvalid(
    { eventId, subscriptionId, reconciliationId }: InvalidClientMessage,
    message: string,
  ): boolean {
    const { budget } = this.#connection;
    if (subscriptionId !== undefined) {
      this.#refuseQuery(subscriptionId, budget.takeReq() ? message : RATE_LIMITED);
    } else if (reconciliationId !== undefined) {
      this.#refuseReconciliation(reconciliationId, budget.takeReq() ? message : RATE_LIMITED);
    } else if (eventId !== undefined) {
      const isWithin = budget.takeEvent();
      this.#parts.stats.events[isWithin ? 'invalid' : 'rate-limited']++;
      this.#send(['OK', eventId, false, isWithin ? message : RATE_LIMITED]);
    } else return false;
    return true;
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
    if (!this.#connection.budget.takeReq()) return RATE_LIMITED;
    const problem = filtersProblem(filters, this.#parts.limits);
    if (problem !== null) {
      this.#countMalformed();
      return `invalid: ${problem}`;
    }
    return this.#reader === undefined ? null : readProblem(filters, this.#reader.pubkeys);
  }

  #query(query: Query): void {
    const problem = this.#readProblem(query.filters);
    if (problem !== null) {
      this.#refuseQuery(query.subscriptionId, problem);
      return;
    }
    const answered = query.type === 'COUNT' ? this.#count(query) : this.#subscriptions.open(query);
    answered.catch((error: unknown) => {
      if (!(error instanceof CancelledError)) this.#refuseQuery(query.subscriptionId, this.#failed(error));
    });
  }

  async #count(query: Query): Promise<void> {
    const count = await this.#counts.count(query);
    if (count !== null) this.#send(['COUNT', query.subscriptionId, { count }]);
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
      reconciliations.open(message, this.#reader).catch((error: unknown) => {
        if (!(error instanceof CancelledError))
          this.#refuseReconciliation(subscriptionId, this.#failed(error));
      });
    }
  }

  #refuseReconciliation(subscriptionId: string, message: string): void {
    this.#parts.stats.invalidMessages++;
    this.#reconciliationsOf().fail(subscriptionId, message);
  }

  #reconciliationsOf(): Reconciliations {
    this.#reconciliations ??= new Reconciliations(this.#parts, {
      lane: this.#connection.lane,
      reads: this.#reads,
      send: (message) => this.#send(message),
    });
    return this.#reconciliations;
  }

  #unsubscribe(subscriptionId: string): void {
    this.#subscriptions.close(subscriptionId);
    this.#counts.cancel(subscriptionId);
  }
}
