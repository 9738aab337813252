import { encodeMaskedTextFrame } from '../base/websocket-frame.ts';
import { parseRelayMessage, type RelayMessage } from '../nostr/relay-message.ts';
import type { Connection, ConnectionHandlers } from '../wire/connection.ts';
import { openConnection, transportFor } from '../wire/open-connection.ts';

/** One connection that asks for events by id, one question at a time. */
export interface ReadConnection {
  /**
   * Which of `ids` the relay has.
   * @throws Error where it answers CLOSED, not in time, or the connection breaks
   */
  find(ids: readonly string[]): Promise<ReadonlySet<string>>;
  close(): void;
}

export interface ReadOptions {
  readonly url: string;
  readonly timeoutMs: number;
  /** Accept any TLS certificate. */
  readonly insecure: boolean;
}

const MASK = 0x3c5aa5c3;

/** Opens a connection that shares nothing with those of the load. @throws Error where that fails */
export function openReadConnection(options: ReadOptions): Promise<ReadConnection> {
  const { url, timeoutMs, insecure } = options;
  return new Promise((resolve, reject) => {
    let question: Question | null = null;
    let asked = 0;
    const handlers: ConnectionHandlers = {
      onOpen: (connection) =>
        resolve({
          find: (ids) => {
            question = new Question(connection, `audit${asked++}`, ids);
            return question.ask(timeoutMs);
          },
          close: () => connection.close(),
        }),
      onFailed: (_connection, reason) => reject(new Error(`no connection: ${reason}`)),
      onClosed: (_connection, code) => question?.settle(new Error(`the connection was closed with ${code}`)),
      onText: (_connection, frame) => question?.receive(parseRelayMessage(frame.toString('utf8'))),
      onBinary: () => undefined,
      onDrain: () => undefined,
    };
    openConnection(transportFor(url), { number: 0, url, timeoutMs, insecure }, handlers);
  });
}

/** One REQ by ids and what came of it; after its end it hears nothing more. */
class Question {
  readonly #connection: Connection;
  readonly #subscription: string;
  readonly #wanted: ReadonlySet<string>;
  readonly #found = new Set<string>();
  #settle: (error: Error | null) => void = () => undefined;

  constructor(connection: Connection, subscription: string, ids: readonly string[]) {
    this.#connection = connection;
    this.#subscription = subscription;
    this.#wanted = new Set(ids);
  }

  ask(timeoutMs: number): Promise<ReadonlySet<string>> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.settle(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
      this.#settle = (error) => {
        clearTimeout(timer);
        if (error === null) resolve(this.#found);
        else reject(error);
      };
      const ids = [...this.#wanted];
      if (this.#connection.isOpen) this.#send(['REQ', this.#subscription, { ids, limit: ids.length }]);
      else this.settle(new Error('the connection is closed'));
    });
  }

  receive(message: RelayMessage): void {
    if (!('subscriptionId' in message) || message.subscriptionId !== this.#subscription) return;
    if (message.type === 'EVENT') this.#take(message.event.id);
    if (message.type === 'CLOSED') this.settle(new Error(`the relay closed the query: ${message.message}`));
    if (message.type === 'EOSE') {
      this.#send(['CLOSE', this.#subscription]);
      this.settle(null);
    }
  }

  settle(error: Error | null): void {
    const settle = this.#settle;
    this.#settle = () => undefined;
    settle(error);
  }

  #take(id: string): void {
    if (this.#wanted.has(id)) this.#found.add(id);
  }

  #send(message: readonly unknown[]): void {
    this.#connection.write(encodeMaskedTextFrame(JSON.stringify(message), MASK));
  }
}
