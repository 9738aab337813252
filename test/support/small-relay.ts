import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { NostrEvent } from '../../src/nostr/event.ts';

/** What a relay inside a test does; by default it takes and keeps everything. */
export interface SmallRelayScript {
  /** Answer to an event: empty to take it, else why not. */
  readonly refuse?: (event: NostrEvent) => string;
  /** Answer to a query: CLOSED with this message. */
  readonly closeQueries?: string;
}

export interface SmallRelay {
  readonly url: string;
  /** Everything that it was sent, in its order. */
  readonly received: readonly NostrEvent[];
  /** Ids of one query each. */
  readonly asked: readonly (readonly string[])[];
}

/** Runs a relay inside the process of the test and stops it at the end. `stored` holds what it has from the start. */
export async function withSmallRelay<T>(
  { refuse = () => '', closeQueries }: SmallRelayScript,
  stored: readonly NostrEvent[],
  use: (relay: SmallRelay) => Promise<T>,
): Promise<T> {
  const byId = new Map(stored.map((event) => [event.id, event]));
  const received: NostrEvent[] = [];
  const asked: string[][] = [];
  const take = (event: NostrEvent): readonly unknown[] => {
    const refusal = refuse(event);
    received.push(event);
    if (refusal === '') byId.set(event.id, event);
    return ['OK', event.id, refusal === '', refusal];
  };
  const find = (subscription: unknown, ids: readonly string[]): readonly (readonly unknown[])[] => {
    if (closeQueries !== undefined) return [['CLOSED', subscription, closeQueries]];
    asked.push([...ids]);
    const found = ids.flatMap((id) => byId.get(id) ?? []);
    return [...found.map((event) => ['EVENT', subscription, event]), ['EOSE', subscription]];
  };
  const answer = (socket: WebSocket, [type, first, filter]: [string, unknown, { ids: string[] }]): void => {
    const replies =
      type === 'EVENT' ? [take(first as NostrEvent)] : type === 'REQ' ? find(first, filter.ids) : [];
    for (const reply of replies) socket.send(JSON.stringify(reply));
  };
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) =>
    socket.on('message', (data) => answer(socket, JSON.parse(String(data)))),
  );
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    return await use({ url: `ws://127.0.0.1:${port}`, received, asked });
  } finally {
    for (const client of server.clients) client.terminate();
    await new Promise((resolve) => server.close(resolve));
  }
}
