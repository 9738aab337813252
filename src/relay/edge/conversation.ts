import { afterPoll } from '../../base/after-poll.ts';
import { eventTexts, type NostrEvent } from '../../nostr/event.ts';
import type { Filter } from '../../nostr/filter.ts';
import type { Ordered } from '../../nostr/kinds.ts';
import { NegentropyItems } from '../../nostr/negentropy/items.ts';
import { continueNegentropy, type Differences, openNegentropy } from '../../nostr/nip77.ts';
import { parseRelayMessage, type RelayMessage } from '../../nostr/relay-message.ts';
import type { Answer } from '../protocol/ingest.ts';
import { type StoredEvent, toStoredEvent } from '../store/stored-event.ts';

/** What was asked has no answer any more: the connection has ended, or the origin took too long. */
export class UnansweredError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'UnansweredError';
  }
}

/** The origin has answered with CLOSED. */
export class RefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RefusedError';
  }
}

/** How long an origin may take, in milliseconds. */
export interface ConversationTimes {
  readonly questionMs: number;
  /** The answer to one message of a reconciliation. */
  readonly roundMs: number;
}

interface Pending<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

interface Found {
  readonly events: readonly StoredEvent[];
  /** The answer to COUNT. */
  readonly count: number;
}

/** The subscription to everything that the origin accepts. */
const LIVE = 'live';
/** Most bytes of a message of a reconciliation; in hex it is twice as long, and relays take 64 KiB at least. */
const ROUND_BYTES = 16_384;
/** A reconciliation that goes on longer does not come to an end. */
const ROUNDS_MAX = 1_000;

function received(event: NostrEvent): StoredEvent {
  return toStoredEvent(event, eventTexts(event).json);
}

/**
 * What is said on one connection to the origin: questions and their answers, events and their OKs, and one subscription to
 * everything that the origin accepts.
 */
export class Conversation {
  readonly #send: (text: string) => void;
  readonly #times: ConversationTimes;
  readonly #questions = new Map<string, Pending<Found>>();
  /** Reconciliations that wait for the origin. */
  readonly #rounds = new Map<string, Pending<Uint8Array>>();
  /** What has come of answers that are not complete. */
  readonly #events = new Map<string, StoredEvent[]>();
  readonly #writes = new Map<string, Pending<Answer>>();
  #asked = 0;
  #isOver = false;
  /** A question is about to be sent. */
  onAsked: () => void = () => undefined;
  /** Told of every event that the origin accepts. */
  onEvent: (event: StoredEvent) => void = () => undefined;
  /** The origin has ended the subscription to everything. */
  onUnsubscribed: (message: string) => void = () => undefined;

  constructor(send: (text: string) => void, times: ConversationTimes) {
    this.#send = send;
    this.#times = times;
  }

  /** Whether its connection has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Subscribes to everything that the origin accepts from now on; resolves when the subscription stands. */
  async subscribe(): Promise<void> {
    await this.#question(LIVE, ['REQ', LIVE, { limit: 0 }]);
  }

  /**
   * The events that match, as the origin finds them.
   * @throws RefusedError, UnansweredError
   */
  async ask(filter: Filter): Promise<readonly StoredEvent[]> {
    const id = this.#nextId();
    try {
      const { events } = await this.#question(id, ['REQ', id, filter]);
      return events;
    } finally {
      this.#send(JSON.stringify(['CLOSE', id]));
    }
  }

  /**
   * How many events match (NIP-45).
   * @throws RefusedError, UnansweredError
   */
  async count(filters: readonly Filter[]): Promise<number> {
    const id = this.#nextId();
    return (await this.#question(id, ['COUNT', id, ...filters])).count;
  }

  /**
   * How what is known here of a filter differs from what the origin has (NIP-77).
   * @param known newest first
   * @throws RefusedError, UnansweredError
   * @throws NegentropyError where the origin does not follow the protocol
   */
  async reconcile(filter: Filter, known: readonly Ordered[]): Promise<Differences> {
    const id = this.#nextId();
    const items = NegentropyItems.of(known);
    const found: Differences = { have: new Set(), need: new Set() };
    let message: readonly unknown[] = ['NEG-OPEN', id, filter, openNegentropy(items).toString('hex')];
    try {
      for (let round = 0; round < ROUNDS_MAX; round++) {
        const next = continueNegentropy(items, await this.#round(id, message), found, ROUND_BYTES);
        if (next === null) return found;
        message = ['NEG-MSG', id, next.toString('hex')];
      }
      throw new RefusedError('a reconciliation without an end');
    } finally {
      this.#send(JSON.stringify(['NEG-CLOSE', id]));
    }
  }

  /**
   * Hands an event to the origin. To be called once for an event that is under way.
   * @param ms how long its OK may take
   * @throws UnansweredError it may or may not be stored
   */
  publish({ id, json }: StoredEvent, ms: number): Promise<Answer> {
    const answer = this.#pending(this.#writes, id, ms);
    this.#send(`["EVENT",${json}]`);
    return answer;
  }

  /** Takes a message of the origin. */
  receive(text: string): void {
    const message = parseRelayMessage(text);
    switch (message.type) {
      case 'EVENT':
        this.#event(message);
        break;
      case 'EOSE':
        this.#answered(message.subscriptionId, 0);
        break;
      case 'COUNT':
        this.#answered(message.subscriptionId, message.count);
        break;
      case 'CLOSED':
        this.#closed(message.subscriptionId, message.message);
        break;
      case 'NEG-MSG':
        take(this.#rounds, message.subscriptionId)?.resolve(message.payload);
        break;
      case 'NEG-ERR':
        take(this.#rounds, message.subscriptionId)?.reject(new RefusedError(message.message));
        break;
      case 'OK':
        take(this.#writes, message.eventId)?.resolve(answerOf(message));
        break;
      default:
      // NOTICE and AUTH ask for nothing that an edge could do; what is invalid answers nothing.
    }
  }

  /** The connection has ended: nothing is answered any more. */
  end(reason: string): void {
    this.#isOver = true;
    const error = new UnansweredError(reason);
    for (const id of [...this.#questions.keys()]) take(this.#questions, id)?.reject(error);
    for (const id of [...this.#rounds.keys()]) take(this.#rounds, id)?.reject(error);
    for (const id of [...this.#writes.keys()]) take(this.#writes, id)?.reject(error);
    this.#events.clear();
  }

  #nextId(): string {
    this.#asked++;
    this.onAsked();
    return `q${this.#asked}`;
  }

  async #question(id: string, message: readonly unknown[]): Promise<Found> {
    this.#events.set(id, []);
    const found = this.#pending(this.#questions, id, this.#times.questionMs);
    this.#send(JSON.stringify(message));
    try {
      return await found;
    } finally {
      this.#events.delete(id);
    }
  }

  #round(id: string, message: readonly unknown[]): Promise<Uint8Array> {
    const answer = this.#pending(this.#rounds, id, this.#times.roundMs);
    this.#send(JSON.stringify(message));
    return answer;
  }

  #pending<T>(table: Map<string, Pending<T>>, key: string, ms: number): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) {
        reject(new UnansweredError('the connection has ended'));
        return;
      }
      const late = (): void => {
        // Answered while the sockets were read; what is asked under this key now is another question.
        if (table.get(key) !== pending) return;
        table.delete(key);
        reject(new UnansweredError(`no answer within ${ms} ms`));
      };
      const pending = { resolve, reject, timer: setTimeout(() => afterPoll(late), ms).unref() };
      table.set(key, pending);
    });
  }

  #event({ subscriptionId, event }: Extract<RelayMessage, { type: 'EVENT' }>): void {
    if (subscriptionId === LIVE) this.onEvent(received(event));
    else this.#events.get(subscriptionId)?.push(received(event));
  }

  #answered(id: string, count: number): void {
    const events = this.#events.get(id) ?? [];
    take(this.#questions, id)?.resolve({ events, count });
  }

  #closed(id: string, message: string): void {
    const refused = new RefusedError(message);
    take(this.#questions, id)?.reject(refused);
    take(this.#rounds, id)?.reject(refused);
    if (id === LIVE) this.onUnsubscribed(message);
  }
}

function answerOf({ accepted, message }: Answer): Answer {
  return { accepted, message };
}

function take<T>(table: Map<string, Pending<T>>, key: string): Pending<T> | undefined {
  const pending = table.get(key);
  if (pending === undefined) return undefined;
  table.delete(key);
  clearTimeout(pending.timer);
  return pending;
}
