import type { NostrEvent } from '../nostr/event.ts';
import type { Deletion } from './own-keys.ts';

/** Events of one request: it stays below 8 KB, which every relay takes. */
const MOST_IDS = 100;

/** What an event is deleted by. */
export type Deletable = Pick<NostrEvent, 'id' | 'pubkey' | 'kind'>;

/** The requests that ask for all of these events, as few as can be: one an author and hundred events. */
export function deletionsOf(events: readonly Deletable[], most = MOST_IDS): readonly Deletion[] {
  const byAuthor = new Map<string, Deletable[]>();
  for (const event of events) {
    const own = byAuthor.get(event.pubkey);
    if (own === undefined) byAuthor.set(event.pubkey, [event]);
    else own.push(event);
  }
  return [...byAuthor].flatMap(([pubkey, own]) =>
    Array.from({ length: Math.ceil(own.length / most) }, (_, at) =>
      deletionOf(pubkey, own.slice(at * most, (at + 1) * most)),
    ),
  );
}

function deletionOf(pubkey: string, events: readonly Deletable[]): Deletion {
  return {
    pubkey,
    ids: events.map(({ id }) => id),
    kinds: [...new Set(events.map(({ kind }) => kind))].sort((a, b) => a - b),
  };
}
