import { encodeMaskedTextFrame } from '../base/websocket-frame.ts';
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
}

const MASK = 0x3c5aa5c3;

/** Opens a connection that shares nothing with those of the load. @throws Error where that fails */
export function openReadConnection(options: ReadOptions): Promise<ReadConnection> {
  const { url, timeoutMs, insecure } = options;
  return new Promise((resolve, reject) => {
    let question: Question | null = null;
    let asked = 0;
    const handlers: ConnectionHandlers = {
      onOpen: (connection) => {
        const ask = (filter: Filter): Promise<readonly NostrEvent[]> => {
          question = new Question(connection, `audit${asked++}`, filter);
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
      onText: (_connection, frame) => question?.receive(parseRelayMessage(frame.toString('utf8'))),
      onBinary: () => undefined,
      onDrain: () => undefined,
    };
    openConnection(transportFor(url), { number: 0, url, timeoutMs, insecure }, handlers);
  });
}

/** One REQ and what came of it; after its end it hears nothing more. */
class Question {
  readonly #connection: Connection;
  readonly #subscription: string;
  readonly #filter: Filter;
  readonly #events: NostrEvent[] = [];
  #settle: (error: Error | null) => void = () => undefined;

  constructor(connection: Connection, subscription: string, filter: Filter) {
    this.#connection = connection;
    this.#subscription = subscription;
    this.#filter = filter;
  }

  ask(timeoutMs: number): Promise<readonly NostrEvent[]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.settle(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
      this.#settle = (error) => {
        clearTimeout(timer);
        if (error === null) resolve(this.#events);
        else reject(error);
      };
      if (this.#connection.isOpen) this.#send(['REQ', this.#subscription, this.#filter]);
      else this.settle(new Error('the connection is closed'));
    });
  }

  receive(message: RelayMessage): void {
    if (!('subscriptionId' in message) || message.subscriptionId !== this.#subscription) return;
    if (message.type === 'EVENT') this.#events.push(message.event);
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

  #send(message: readonly unknown[]): void {
    this.#connection.write(encodeMaskedTextFrame(JSON.stringify(message), MASK));
  }
}
