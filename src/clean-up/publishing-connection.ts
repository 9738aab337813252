import { encodeMaskedTextFrame } from '../base/websocket-frame.ts';
import { AuthClient } from '../nostr/auth-client.ts';
import { parseRelayMessage, type RelayMessage } from '../nostr/relay-message.ts';
import type { ConnectionHandlers } from '../wire/connection.ts';
import { openConnection, transportFor } from '../wire/open-connection.ts';
import type { SignedDeletion } from './own-keys.ts';

/** How a relay answered an EVENT. */
export interface Answer {
  readonly accepted: boolean;
  readonly message: string;
}

/** One connection that publishes events, one after the other. */
export interface PublishingConnection {
  /**
   * Publishes an event and waits for its OK.
   * @throws Error where none comes in time, or the connection breaks
   */
  publish(event: SignedDeletion): Promise<Answer>;
  close(): void;
}

export interface PublishingOptions {
  readonly url: string;
  readonly timeoutMs: number;
  /** Accept any TLS certificate. */
  readonly insecure: boolean;
  /** By which address the relay wants to be authenticated to (NIP-42); `url` where left out. */
  readonly authUrl?: string | undefined;
}

const MASK = 0x5b17d2e9;

/**
 * Opens a connection that shares nothing with those of the load; where the relay demands it, it authenticates by a key that
 * is made for it. @throws Error where it can't be opened
 */
export function openPublishingConnection(options: PublishingOptions): Promise<PublishingConnection> {
  const { url, timeoutMs, insecure, authUrl = url } = options;
  return new Promise((resolve, reject) => {
    let waiting: Waiting | null = null;
    const send = (message: readonly unknown[] | string): void => {
      const text = typeof message === 'string' ? message : JSON.stringify(message);
      connection.write(encodeMaskedTextFrame(text, MASK));
    };
    const auth = new AuthClient({ url: authUrl, send });
    const publish = (event: SignedDeletion): Promise<Answer> => {
      waiting = new Waiting({ event, send, auth });
      return connection.isOpen
        ? waiting.answer(timeoutMs)
        : Promise.reject(new Error('the connection is closed'));
    };
    const handlers: ConnectionHandlers = {
      onOpen: () => resolve({ publish, close: () => connection.close() }),
      onFailed: (_connection, reason) => reject(new Error(`no connection: ${reason}`)),
      onClosed: (_connection, code) => waiting?.fail(`the connection was closed with ${code}`),
      onText: (_connection, frame) => {
        const message = parseRelayMessage(frame.toString('utf8'));
        if (!auth.receive(message)) waiting?.receive(message);
      },
      onBinary: () => undefined,
      onDrain: () => undefined,
    };
    const connection = openConnection(transportFor(url), { number: 0, url, timeoutMs, insecure }, handlers);
  });
}

interface WaitingOptions {
  readonly event: SignedDeletion;
  readonly send: (message: string) => void;
  readonly auth: AuthClient;
}

/** An event under way; after its end it hears nothing more. */
class Waiting {
  readonly #options: WaitingOptions;
  #settle: (outcome: Answer | Error) => void = () => undefined;

  constructor(options: WaitingOptions) {
    this.#options = options;
  }

  answer(timeoutMs: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail(`no answer within ${timeoutMs} ms`), timeoutMs);
      this.#settle = (outcome) => {
        clearTimeout(timer);
        this.#settle = () => undefined;
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      this.#send();
    });
  }

  fail(why: string): void {
    this.#settle(new Error(why));
  }

  receive(message: RelayMessage): void {
    const { event, auth } = this.#options;
    if (message.type !== 'OK' || message.eventId !== event.id) return;
    const { accepted, message: text } = message;
    if (accepted) this.#settle({ accepted, message: text });
    else
      auth.refused(event.id, text, {
        again: () => this.#send(),
        refuse: () => this.#settle({ accepted, message: text }),
      });
  }

  #send(): void {
    this.#options.send(`["EVENT",${this.#options.event.json}]`);
  }
}
