import type { NostrEvent } from '../../nostr/event.ts';
import { kindClass } from '../../nostr/kinds.ts';
import { type StoredEvent, toStoredEvent } from './stored-event.ts';

/** What an event outside this process is kept with, so that its text is parsed only where its tags are needed. */
export type EventRow = readonly [
  id: string,
  pubkey: string,
  createdAt: number,
  kind: number,
  expiresAt: number | null,
  json: string,
];

/** An event as it comes from a database. Its text is what is sent; tags and address are read from it on demand. */
export class TextEvent implements StoredEvent {
  readonly id: string;
  readonly pubkey: string;
  readonly created_at: number;
  readonly kind: number;
  readonly expiresAt: number;
  readonly json: string;
  #parsed: StoredEvent | null = null;

  constructor([id, pubkey, createdAt, kind, expiresAt, json]: EventRow) {
    this.id = id;
    this.pubkey = pubkey;
    this.created_at = createdAt;
    this.kind = kind;
    this.expiresAt = expiresAt ?? Number.POSITIVE_INFINITY;
    this.json = json;
  }

  get tags(): StoredEvent['tags'] {
    return this.#fields.tags;
  }

  get address(): string | null {
    const group = kindClass(this.kind);
    if (group === 'addressable') return this.#fields.address;
    return group === 'replaceable' ? `${this.kind}:${this.pubkey}:` : null;
  }

  get #fields(): StoredEvent {
    this.#parsed ??= toStoredEvent(JSON.parse(this.json) as NostrEvent, this.json);
    return this.#parsed;
  }
}

/** The row of an event: what {@link TextEvent} is made from. */
export function eventRow({ id, pubkey, created_at, kind, expiresAt, json }: StoredEvent): EventRow {
  return [id, pubkey, created_at, kind, Number.isFinite(expiresAt) ? expiresAt : null, json];
}
