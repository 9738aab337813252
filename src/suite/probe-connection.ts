import { encodeMaskedTextFrame } from '../base/websocket-frame.ts';
import { AuthClient } from '../nostr/auth-client.ts';
import type { NostrEvent } from '../nostr/event.ts';
import { parseRelayMessage, type RelayMessage } from '../nostr/relay-message.ts';
import type { Connection } from '../wire/connection.ts';
import { openConnection, transportFor } from '../wire/open-connection.ts';

/** How a relay is reached. */
export interface ProbeAddress {
  readonly url: string;
  readonly insecure: boolean;
  readonly timeoutMs: number;
}

/** A message of a relay with its text, since some kinds of message are known by their text alone. */
export interface Heard {
  readonly message: RelayMessage;
  readonly text: string;
}

/** A connection that asks a few questions, and remembers all that it hears. */
export interface ProbeConnection {
  send(message: readonly unknown[]): void;
  /**
   * The first message, heard already or to come, that fits.
   * @throws Error where none comes in time, or the connection ends
   */
  until<T>(what: string, fits: (heard: Heard) => T | null): Promise<T>;
  /** Publishes an event; again once where the relay wants to know who it is. @returns the word of its OK false, or null */
  publish(event: NostrEvent): Promise<string | null>;
  close(): void;
}

const MASK = 0x5f27c1e9;
const LOOK_MS = 20;

/** @throws Error where it can't be opened */
export function openProbe({ url, insecure, timeoutMs }: ProbeAddress): Promise<ProbeConnection> {
  return new Promise((resolve, reject) => {
    const heard: Heard[] = [];
    const state: { closed: string | null } = { closed: null };
    const send = (message: readonly unknown[]): void =>
      void opened.write(encodeMaskedTextFrame(JSON.stringify(message), MASK));
    const auth = new AuthClient({ url, send });
    const opened = openConnection(
      transportFor(url),
      { number: 0, url, timeoutMs, insecure },
      {
        onOpen: (connection) => resolve(asker({ connection, heard, state, auth, send, timeoutMs })),
        onFailed: (_connection, reason) => reject(new Error(`no connection: ${reason}`)),
        onClosed: (_connection, code) => {
          state.closed = `the relay closed the connection with ${code}`;
        },
        onText: (_connection, frame) => {
          const text = frame.toString('utf8');
          const message = parseRelayMessage(text);
          if (!auth.receive(message)) heard.push({ message, text });
        },
        onBinary: () => undefined,
        onDrain: () => undefined,
      },
    );
  });
}

interface Parts {
  readonly connection: Connection;
  readonly heard: readonly Heard[];
  readonly state: { readonly closed: string | null };
  readonly auth: AuthClient;
  readonly send: (message: readonly unknown[]) => void;
  readonly timeoutMs: number;
}

function asker({ connection, heard, state, auth, send, timeoutMs }: Parts): ProbeConnection {
  const until = async <T>(what: string, fits: (one: Heard) => T | null, from = 0): Promise<T> => {
    const deadline = performance.now() + timeoutMs;
    let next = from;
    for (;;) {
      const found = firstOf(heard.slice(next), fits);
      if (found !== null) return found;
      next = heard.length;
      if (state.closed !== null) throw new Error(state.closed);
      if (performance.now() > deadline) throw new Error(`no ${what} within ${timeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  };
  const okOf = (event: NostrEvent, from: number): Promise<{ accepted: boolean; message: string }> =>
    until(
      'OK',
      ({ message }) => (message.type === 'OK' && message.eventId === event.id ? message : null),
      from,
    );
  return {
    send,
    until: (what, fits) => until(what, fits),
    publish: async (event) => {
      send(['EVENT', event]);
      const first = await okOf(event, heard.length);
      if (first.accepted) return null;
      const isAgain = await new Promise<boolean>((resolve) =>
        auth.refused(event.id, first.message, { again: () => resolve(true), refuse: () => resolve(false) }),
      );
      if (!isAgain) return first.message === '' ? 'OK false' : first.message;
      const from = heard.length;
      send(['EVENT', event]);
      const second = await okOf(event, from);
      return second.accepted ? null : second.message;
    },
    close: () => connection.close(),
  };
}

function firstOf<T>(heard: readonly Heard[], fits: (one: Heard) => T | null): T | null {
  for (const one of heard) {
    const found = fits(one);
    if (found !== null) return found;
  }
  return null;
}
