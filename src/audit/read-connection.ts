import { encodeMaskedTextFrame } from '../base/websocket-frame.ts';
import { AuthClient } from '../nostr/auth-client.ts';
import type { NostrEvent } from '../nostr/event.ts';
import type { Filter } from '../nostr/filter.ts';
import { parseRelayMessage, type RelayMessage } from '../nostr/relay-message.ts';
import type { Connection, ConnectionHandlers } from '../wire/connection.ts';
import { openConnection, transportFor } from '../wire/open-connection.ts';

/** One connection that reads events back, one question at a time. */
export interface ReadConnection {
  /**
   * Which of `ids` the relay has.
   * @throws Error where it answers CLOSED, not in time, or the connection breaks
   */
  find(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * The stored events that match, in the order in which they came.
   * @throws as {@link find}
   */
  query(filter: Filter): Promise<readonly NostrEvent[]>;
  close(): void;
}

export interface ReadOptions {
  readonly url: string;
  readonly timeoutMs: number;
  /** Accept any TLS certificate. */
  readonly insecure: boolean;
  /** By which address the relay wants to be authenticated to (NIP-42); `url` where left out. */
  readonly authUrl?: string | undefined;
}

const MASK = 0x3c5aa5c3;

/**
 * Opens a connection that shares nothing with those of the load; where the relay demands it, it authenticates by a key that
 * is made for it. @throws Error where it can't be opened
 */
export function openReadConnection(options: ReadOptions): Promise<ReadConnection> {
  const { url, timeoutMs, insecure, authUrl = url } = options;
  return new Promise((resolve, reject) => {
    let question: Question | null = null;
    let asked = 0;
    const auth = new AuthClient({ url: authUrl, send: (message) => sendOn(opened, message) });
    const handlers: ConnectionHandlers = {
      onOpen: (connection) => {
        const ask = (filter: Filter): Promise<readonly NostrEvent[]> => {
          question = new Question({ connection, auth, subscription: `audit${asked++}`, filter });
          return question.ask(timeoutMs);
        };
        resolve({
          find: async (ids) => {
            const wanted = new Set(ids);
            const events = await ask({ ids, limit: ids.length });
            return new Set(events.map(({ id }) => id).filter((id) => wanted.has(id)));
          },
          query: ask,
          close: () => connection.close(),
        });
      },
      onFailed: (_connection, reason) => reject(new Error(`no connection: ${reason}`)),
      onClosed: (_connection, code) => question?.settle(new Error(`the connection was closed with ${code}`)),
      onText: (_connection, frame) => {
        const message = parseRelayMessage(frame.toString('utf8'));
        if (!auth.receive(message)) question?.receive(message);
      },
      onBinary: () => undefined,
      onDrain: () => undefined,
    };
    const opened = openConnection(transportFor(url), { number: 0, url, timeoutMs, insecure }, handlers);
  });
}

function sendOn(connection: Connection, message: readonly unknown[]): void {
  connection.write(encodeMaskedTextFrame(JSON.stringify(message), MASK));
}

interface QuestionOptions {
  readonly connection: Connection;
  readonly auth: AuthClient;
  readonly subscription: string;
  readonly filter: Filter;
}

/** One REQ and what came of it; after its end it hears nothing more. */
class Question {
  readonly #options: QuestionOptions;
  readonly #events: NostrEvent[] = [];
  #settle: (error: Error | null) => void = () => undefined;

  constructor(options: QuestionOptions) {
    this.#options = options;
  }

  ask(timeoutMs: number): Promise<readonly NostrEvent[]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.settle(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
      this.#settle = (error) => {
        clearTimeout(timer);
        if (error === null) resolve(this.#events);
        else reject(error);
      };
      if (this.#options.connection.isOpen) this.#open();
      else this.settle(new Error('the connection is closed'));
    });
  }

  receive(message: RelayMessage): void {
    const { connection, subscription } = this.#options;
    if (!('subscriptionId' in message) || message.subscriptionId !== subscription) return;
    if (message.type === 'EVENT') this.#events.push(message.event);
    if (message.type === 'CLOSED') this.#closed(message.message);
    if (message.type === 'EOSE') {
      sendOn(connection, ['CLOSE', subscription]);
      this.settle(null);
    }
  }

  settle(error: Error | null): void {
    const settle = this.#settle;
    this.#settle = () => undefined;
    settle(error);
  }

  #open(): void {
    const { connection, subscription, filter } = this.#options;
    this.#events.length = 0;
    sendOn(connection, ['REQ', subscription, filter]);
  }

  #closed(text: string): void {
    const { auth, subscription } = this.#options;
    auth.refused(subscription, text, {
      again: () => this.#open(),
      refuse: () => this.settle(new Error(`the relay closed the query: ${text}`)),
    });
  }
}
