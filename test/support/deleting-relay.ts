import type { AddressInfo } from 'node:net';
import { matchFilter } from 'nostr-tools/filter';
import { onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import type { NostrEvent } from '../../src/nostr/event.ts';
import type { Filter } from '../../src/nostr/filter.ts';
import { compareNewestFirst } from '../../src/nostr/kinds.ts';

export interface DeletingRelayScript {
  readonly stored: readonly NostrEvent[];
  /** It takes deletion requests and does nothing about them. */
  readonly ignoresDeletions?: boolean;
  /** Most events of an answer, whatever is asked for. */
  readonly most?: number;
  /** Why an event is refused; empty to take it. */
  readonly refuse?: (event: NostrEvent) => string;
}

/** A relay inside a test that stores, finds and deletes (NIP-01, NIP-09). */
export interface DeletingRelay {
  readonly url: string;
  /** What is there now, with the deletion requests. */
  readonly events: () => readonly NostrEvent[];
}

/** Starts one; the test stops it. */
export async function startDeletingRelay(script: DeletingRelayScript): Promise<DeletingRelay> {
  const { ignoresDeletions = false, most = 500, refuse = () => '' } = script;
  const events = new Map(script.stored.map((event) => [event.id, event]));
  const take = (event: NostrEvent): readonly unknown[] => {
    const refusal = refuse(event);
    if (refusal !== '') return ['OK', event.id, false, refusal];
    events.set(event.id, event);
    for (const [name, id = ''] of event.kind === 5 && !ignoresDeletions ? event.tags : [])
      if (name === 'e' && events.get(id)?.pubkey === event.pubkey) events.delete(id);
    return ['OK', event.id, true, ''];
  };
  const find = (subscription: unknown, filter: Filter): readonly (readonly unknown[])[] => {
    const found = [...events.values()].filter((event) =>
      matchFilter(structuredClone(filter) as never, event as never),
    );
    const answer = found.sort(compareNewestFirst).slice(0, Math.min(most, filter.limit ?? most));
    return [...answer.map((event) => ['EVENT', subscription, event]), ['EOSE', subscription]];
  };
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      const [type, first, filter] = JSON.parse(String(data)) as [string, unknown, Filter];
      const replies =
        type === 'EVENT' ? [take(first as NostrEvent)] : type === 'REQ' ? find(first, filter) : [];
      for (const reply of replies) socket.send(JSON.stringify(reply));
    }),
  );
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(async () => {
    for (const client of server.clients) client.terminate();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events: () => [...events.values()],
  };
}
