import pLimit from 'p-limit';
import { encodeMaskedTextFrame } from '../base/websocket-frame.ts';
import { AuthClient } from '../nostr/auth-client.ts';
import type { NostrEvent } from '../nostr/event.ts';
import type { Filter } from '../nostr/filter.ts';
import { type CountReply, parseRelayMessage } from '../nostr/relay-message.ts';
import type { Connection, ConnectionHandlers } from '../wire/connection.ts';
import { openConnection, transportFor } from '../wire/open-connection.ts';
import { Exchange, type Exchanged } from './exchange.ts';

/** The answer to an EVENT. */
export interface Published {
  readonly accepted: boolean;
  /** What the relay says; foreign text. */
  readonly message: string;
}

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
  /** How many events match (NIP-45). @throws as {@link find} */
  count(filter: Filter): Promise<CountReply>;
  /** Publishes an event. @throws Error where there is no answer in time, or the connection breaks */
  publish(event: NostrEvent): Promise<Published>;
  close(): void;
}

export interface ReadOptions {
  readonly url: string;
  readonly timeoutMs: number;
  /** Accept any TLS certificate. */
  readonly insecure: boolean;
  /** By which address the relay wants to be authenticated to (NIP-42); `url` where left out. */
  readonly authUrl?: string | undefined;
  /** Told each event that was asked for by its id and came. */
  readonly onFound?: ((event: NostrEvent) => void) | undefined;
}

const MASK = 0x3c5aa5c3;

/**
 * Opens a connection that shares nothing with those of the load; where the relay demands it, it authenticates by a key that
 * is made for it. @throws Error where it can't be opened
 */
export function openReadConnection(options: ReadOptions): Promise<ReadConnection> {
  const { url, timeoutMs, insecure, authUrl = url, onFound } = options;
  return new Promise((resolve, reject) => {
    let exchange: Exchange<unknown> | null = null;
    const turn = pLimit(1);
    let asked = 0;
    const auth = new AuthClient({ url: authUrl, send: (message) => sendOn(opened, message) });
    const handlers: ConnectionHandlers = {
      onOpen: (connection) => {
        const carryOut = <T>(exchanged: Exchanged<T>): Promise<T> =>
          turn(() => {
            const next = new Exchange({ ...exchanged, auth, send: (message) => sendOn(connection, message) });
            exchange = next as Exchange<unknown>;
            return next.carryOut(connection.isOpen, timeoutMs);
          });
        resolve(readerOn({ connection, carryOut, nextId: () => `audit${asked++}`, onFound }));
      },
      onFailed: (_connection, reason) => reject(new Error(`no connection: ${reason}`)),
      onClosed: (_connection, code) => exchange?.fail(new Error(`the connection was closed with ${code}`)),
      onText: (_connection, frame) => {
        const message = parseRelayMessage(frame.toString('utf8'));
        if (!auth.receive(message)) exchange?.receive(message);
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

type CarryOut = <T>(exchanged: Exchanged<T>) => Promise<T>;

interface ReaderParts extends Pick<ReadOptions, 'onFound'> {
  readonly connection: Connection;
  readonly carryOut: CarryOut;
  readonly nextId: () => string;
}

function readerOn({ connection, carryOut, nextId, onFound }: ReaderParts): ReadConnection {
  const query = (filter: Filter): Promise<readonly NostrEvent[]> => carryOut(stored(nextId(), filter));
  return {
    find: async (ids) => {
      const wanted = new Set(ids);
      const all = await query({ ids, limit: ids.length });
      const events = all.filter(({ id }) => wanted.has(id));
      for (const event of events) onFound?.(event);
      return new Set(events.map(({ id }) => id));
    },
    query,
    count: (filter) => carryOut(counted(nextId(), filter)),
    publish: (event) => carryOut(published(event)),
    close: () => connection.close(),
  };
}

/** REQ until its EOSE. */
function stored(subscription: string, filter: Filter): Exchanged<readonly NostrEvent[]> {
  let events: NostrEvent[] = [];
  return {
    key: subscription,
    message: ['REQ', subscription, filter],
    begin: () => {
      events = [];
    },
    receive: (message) => {
      if (!('subscriptionId' in message) || message.subscriptionId !== subscription) return null;
      if (message.type === 'EVENT') events.push(message.event);
      if (message.type === 'CLOSED') return { refused: message.message, what: 'closed the query' };
      return message.type === 'EOSE' ? { value: events, follow: ['CLOSE', subscription] } : null;
    },
  };
}

/** COUNT until its answer. */
function counted(subscription: string, filter: Filter): Exchanged<CountReply> {
  return {
    key: subscription,
    message: ['COUNT', subscription, filter],
    receive: (message) => {
      if (!('subscriptionId' in message) || message.subscriptionId !== subscription) return null;
      if (message.type === 'CLOSED') return { refused: message.message, what: 'refused to count' };
      return message.type === 'COUNT' ? { value: message } : null;
    },
  };
}

/** EVENT until its OK. */
function published(event: NostrEvent): Exchanged<Published> {
  return {
    key: event.id,
    message: ['EVENT', event],
    receive: (message) => {
      if (message.type !== 'OK' || message.eventId !== event.id) return null;
      const { accepted, message: text } = message;
      const value = { accepted, message: text };
      return accepted ? { value } : { refused: text, what: 'refused the event', value };
    },
  };
}
