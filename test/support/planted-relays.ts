import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { NostrEvent } from '../../src/nostr/event.ts';
import { type Filter, FilterMatcher } from '../../src/nostr/filter.ts';

/** What a relay process has when it is asked, and what it does wrong. Left out, everything is right. */
export interface PlantedFaults {
  /** The events that a relay process answers from, out of those that it should have. `asked`: questions so far, from 1. */
  readonly keeps?: (right: readonly NostrEvent[], relay: number, asked: number) => readonly NostrEvent[];
  /** What COUNT says, where it is not the number of events. */
  readonly counts?: (right: number) => number;
  /** No answer has more events than this, whatever the filter asks for. */
  readonly cap?: number;
  /** Every question is answered CLOSED with this message; or what a function says, null for a right answer. */
  readonly closes?: string | ((relay: number) => string | null);
  readonly onQuestion?: (filter: Filter) => void;
  readonly onConnection?: (socket: WebSocket, relay: number) => void;
  /** Answer to an event: empty to take it, else why not. */
  readonly refuses?: string;
  /** Published events are found only by the questions after so many. */
  readonly visibleAfter?: number;
}

/** Relay processes over one store, inside the process of the test. */
export interface PlantedRelays {
  readonly urls: readonly string[];
  readonly published: readonly NostrEvent[];
  stop(): Promise<void>;
}

/**
 * Starts relay processes that have all of `events` that a relay should have: of an address the newest version, nothing that
 * is deleted or expired.
 */
export async function startPlantedRelays(
  count: number,
  events: readonly NostrEvent[],
  faults: PlantedFaults = {},
): Promise<PlantedRelays> {
  const published: NostrEvent[] = [];
  const servers = await Promise.all(
    Array.from({ length: count }, async (_, relay) => {
      const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
      let asked = 0;
      let askedSince = 0;
      const stored = (): readonly NostrEvent[] => {
        asked++;
        const late = published.length > 0 && ++askedSince <= (faults.visibleAfter ?? 0);
        const right = visibleOf([...events, ...(late ? [] : published)]);
        return faults.keeps?.(right, relay, asked) ?? right;
      };
      const publish = (event: NostrEvent): void => {
        askedSince = 0;
        if (faults.refuses === undefined) published.push(event);
      };
      server.on('connection', (socket: WebSocket) => {
        faults.onConnection?.(socket, relay);
        socket.on('message', (data) => {
          const message = JSON.parse(String(data)) as [string, string & NostrEvent, Filter];
          if (message[0] === 'EVENT') publish(message[1]);
          const refusal = refusalOf(faults, relay);
          const replies = repliesTo(message, stored, { ...faults, refusal });
          for (const reply of replies) socket.send(JSON.stringify(reply));
        });
      });
      await new Promise((resolve) => server.once('listening', resolve));
      return server;
    }),
  );
  return {
    urls: servers.map((server) => `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    published,
    stop: async () => {
      for (const server of servers) {
        for (const client of server.clients) client.terminate();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

function refusalOf({ closes }: PlantedFaults, relay: number): string | null {
  return typeof closes === 'function' ? closes(relay) : (closes ?? null);
}

function repliesTo(
  [type, first, filter]: [string, string & NostrEvent, Filter],
  stored: () => readonly NostrEvent[],
  {
    counts,
    refuses,
    refusal,
    onQuestion,
    cap = Number.POSITIVE_INFINITY,
  }: PlantedFaults & { readonly refusal: string | null },
): readonly (readonly unknown[])[] {
  if (type === 'EVENT') return [['OK', first.id, refuses === undefined, refuses ?? '']];
  if (type !== 'REQ' && type !== 'COUNT') return [];
  onQuestion?.(filter);
  if (refusal !== null) return [['CLOSED', first, refusal]];
  const matcher = new FilterMatcher(filter);
  const found = stored()
    .filter((event) => matcher.matches(event))
    .sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1));
  if (type === 'COUNT') return [['COUNT', first, { count: counts?.(found.length) ?? found.length }]];
  return [
    ...found.slice(0, Math.min(cap, filter.limit ?? cap)).map((event) => ['EVENT', first, event]),
    ['EOSE', first],
  ];
}

/** What a relay should show of these events, told in the most simple way. */
export function visibleOf(events: readonly NostrEvent[]): NostrEvent[] {
  const now_s = Date.now() / 1_000;
  return events.filter((event) => {
    const { id, pubkey, kind, tags, created_at } = event;
    const isReplaced = kind === 0 || (kind >= 10_000 && kind < 20_000) || (kind >= 30_000 && kind < 40_000);
    const address = `${kind}:${pubkey}:${kind >= 30_000 ? (firstOf(tags, 'd') ?? '') : ''}`;
    const isDeleted = events.some(
      (other) =>
        other.kind === 5 &&
        kind !== 5 &&
        other.pubkey === pubkey &&
        other.tags.some(([name, value]) =>
          name === 'e'
            ? value === id
            : isReplaced && name === 'a' && value === address && other.created_at >= created_at,
        ),
    );
    const isOld = events.some(
      (other) =>
        isReplaced &&
        other.kind === kind &&
        other.pubkey === pubkey &&
        firstOf(other.tags, 'd') === firstOf(tags, 'd') &&
        (other.created_at > created_at || (other.created_at === created_at && other.id < id)),
    );
    const expiration = firstOf(tags, 'expiration');
    return !isDeleted && !isOld && (expiration === undefined || Number(expiration) > now_s);
  });
}

function firstOf(tags: NostrEvent['tags'], name: string): string | undefined {
  return tags.find(([first]) => first === name)?.[1];
}
