import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { NostrEvent } from '../../src/nostr/event.ts';
import type { Filter } from '../../src/nostr/filter.ts';
import { type Author, type Draft, nowSeconds } from './author.ts';

/** Far above what a relay needs, so that a busy machine fails nothing. */
const REPLY_DEADLINE_MS = 10_000;

type Message = readonly [string, ...unknown[]];

/** The answer to an EVENT. */
export interface Ok {
  readonly accepted: boolean;
  readonly message: string;
}

/** The stored phase of a REQ: ended by EOSE, or refused with CLOSED. */
export interface Answer {
  readonly events: readonly NostrEvent[];
  /** The message of CLOSED; null after EOSE. */
  readonly closed: string | null;
}

/** One connection that keeps every message it has received. */
export class Client {
  readonly #webSocket: WebSocket;
  readonly #url: string;
  readonly messages: Message[] = [];
  readonly #listeners = new Set<() => void>();
  #nextId = 0;
  /** The close code; null while the connection is open. */
  closeCode: number | null = null;

  /** @param compresses whether it offers permessage-deflate, as browsers do, and compresses all that it sends */
  constructor(url: string, compresses = false) {
    this.#url = url;
    this.#webSocket = new WebSocket(url, { perMessageDeflate: compresses ? { threshold: 0 } : false });
    // Attached before the connection is open: a relay may speak in the same segment as the upgrade.
    this.#webSocket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)) as Message);
      this.#notify();
    });
    this.#webSocket.on('close', (code) => {
      this.closeCode = code;
      this.#notify();
    });
    // A relay may cut the connection: the close code says what a statement needs to know.
    this.#webSocket.on('error', () => this.#notify());
  }

  /** Extensions that were negotiated. */
  get extensions(): string {
    return this.#webSocket.extensions;
  }

  async open(): Promise<this> {
    await once(this.#webSocket, 'open');
    return this;
  }

  terminate(): void {
    this.#webSocket.terminate();
  }

  /** Stops reading from the socket, as a client does that is too slow. */
  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }

  send(message: unknown): void {
    this.sendRaw(JSON.stringify(message));
  }

  sendRaw(data: string | Buffer, options: { readonly fin?: boolean; readonly binary?: boolean } = {}): void {
    this.#webSocket.send(data, options);
  }

  /** The first thing that `find` returns, now or after later messages. */
  async until<T>(what: string, find: () => T | undefined): Promise<T> {
    const found = find();
    if (found !== undefined) return found;
    return await new Promise<T>((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(check);
      };
      const check = (): void => {
        const result = find();
        if (result === undefined) return;
        finish();
        resolve(result);
      };
      const timer = setTimeout(() => {
        finish();
        reject(new Error(`no ${what} within ${REPLY_DEADLINE_MS} ms; got ${this.#lastMessages()}`));
      }, REPLY_DEADLINE_MS);
      this.#listeners.add(check);
    });
  }

  /** Waits for the close code of the connection. */
  async closed(): Promise<number> {
    return await this.until('close', () => this.closeCode ?? undefined);
  }

  async publish(event: NostrEvent): Promise<Ok> {
    this.send(['EVENT', event]);
    return await this.ok(event.id);
  }

  /** The OK for an id, of those that have come or will come. */
  async ok(id: string): Promise<Ok> {
    const [, , accepted, message] = await this.until(`OK for ${id}`, () =>
      this.messages.find((reply) => reply[0] === 'OK' && reply[1] === id),
    );
    this.#forget((reply) => reply[0] === 'OK' && reply[1] === id);
    return { accepted: accepted === true, message: String(message) };
  }

  /** Publishes events that the relay must accept. */
  async publishAll(events: readonly NostrEvent[]): Promise<void> {
    for (const event of events) {
      const { accepted, message } = await this.publish(event);
      if (!accepted) throw new Error(`event of kind ${event.kind} was refused: ${message}`);
    }
  }

  /** The newest challenge of the relay (NIP-42). */
  async challenge(): Promise<string> {
    const [, challenge] = await this.until('AUTH', () => this.messages.findLast(([type]) => type === 'AUTH'));
    return String(challenge);
  }

  /** An authentication as the relay wants it, but for what `draft` changes. */
  async authentication(author: Author, draft: Draft = {}): Promise<NostrEvent> {
    const tags = [
      ['relay', this.#url],
      ['challenge', await this.challenge()],
    ];
    return author.sign({ kind: 22_242, created_at: nowSeconds(), tags, ...draft });
  }

  /** Sends an authentication and waits for its OK. */
  async authenticate(event: NostrEvent): Promise<Ok> {
    this.send(['AUTH', event]);
    return await this.ok(event.id);
  }

  /** Authenticates as somebody, which must succeed. */
  async authenticateAs(author: Author): Promise<void> {
    const { accepted, message } = await this.authenticate(await this.authentication(author));
    if (!accepted) throw new Error(`the authentication was refused: ${message}`);
  }

  /** How many events match (NIP-45). */
  async count(...filters: readonly Filter[]): Promise<unknown> {
    const id = `c${this.#nextId++}`;
    this.send(['COUNT', id, ...filters]);
    const reply = await this.until(`COUNT or CLOSED for ${id}`, () =>
      this.messages.find(([type, sub]) => sub === id && (type === 'COUNT' || type === 'CLOSED')),
    );
    return reply[2];
  }

  /** Asks once, waits for the end of the stored events and closes the subscription. */
  async query(...filters: readonly Filter[]): Promise<Answer> {
    const id = this.subscribe(...filters);
    const answer = await this.stored(id);
    this.send(['CLOSE', id]);
    return answer;
  }

  /** The ids that a query returns, in order. */
  async ids(...filters: readonly Filter[]): Promise<string[]> {
    return (await this.query(...filters)).events.map(({ id }) => id);
  }

  /** Opens a subscription and returns its id. */
  subscribe(...filters: readonly Filter[]): string {
    const id = `s${this.#nextId++}`;
    this.send(['REQ', id, ...filters]);
    return id;
  }

  /** The stored phase of a subscription. */
  async stored(id: string): Promise<Answer> {
    const end = await this.until(`EOSE for ${id}`, () =>
      this.messages.find(([type, sub]) => sub === id && (type === 'EOSE' || type === 'CLOSED')),
    );
    const closed = end[0] === 'CLOSED' ? String(end[2]) : null;
    const before = this.messages.slice(0, this.messages.indexOf(end));
    return { events: eventsOf(before, id), closed };
  }

  /** All events of a subscription so far. */
  received(id: string): NostrEvent[] {
    return eventsOf(this.messages, id);
  }

  /** Waits until a subscription has received an event. */
  async delivery(id: string, eventId: string): Promise<NostrEvent> {
    return await this.until(`event ${eventId} on ${id}`, () =>
      this.received(id).find((event) => event.id === eventId),
    );
  }

  /** A round trip: what the relay sends for earlier messages has arrived, as far as it answers in order. */
  async settle(): Promise<void> {
    await this.query({ ids: ['0'.repeat(64)] });
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #forget(isForgotten: (message: Message) => boolean): void {
    const index = this.messages.findIndex(isForgotten);
    if (index >= 0) this.messages.splice(index, 1);
  }

  #lastMessages(): string {
    return this.messages
      .slice(-3)
      .map((message) => JSON.stringify(message).slice(0, 200))
      .join(' ');
  }
}

function eventsOf(messages: readonly Message[], id: string): NostrEvent[] {
  return messages
    .filter(([type, sub]) => type === 'EVENT' && sub === id)
    .map((message) => message[2] as NostrEvent);
}
