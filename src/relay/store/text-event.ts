import type { NostrEvent } from '../../../nostr/event.ts';
import { type StoredEvent, toStoredEvent } from '../stored-event.ts';

/** What queries select, in this order; rows come as arrays, which costs less than objects. */
export const ROW_COLUMNS = "encode(e.id, 'hex'), e.created_at::float8, e.kind, e.expires_at::float8, e.json";

/** A row of {@link ROW_COLUMNS}. */
export type EventRow = [id: string, createdAt: number, kind: number, expiresAt: number | null, json: string];

/**
 * An event as it comes from the database. Its text is what is sent; the fields that only matching needs are read from
 * the text when somebody asks for them.
 */
export class RowEvent implements StoredEvent {
  readonly id: string;
  readonly created_at: number;
  readonly kind: number;
  readonly expiresAt: number;
  readonly json: string;
  #parsed: StoredEvent | null = null;

  constructor([id, createdAt, kind, expiresAt, json]: EventRow) {
    this.id = id;
    this.created_at = createdAt;
    this.kind = kind;
    this.expiresAt = expiresAt ?? Number.POSITIVE_INFINITY;
    this.json = json;
  }

  get pubkey(): string {
    return this.#fields.pubkey;
  }

  get tags(): StoredEvent['tags'] {
    return this.#fields.tags;
  }

  get address(): string | null {
    return this.#fields.address;
  }

  get #fields(): StoredEvent {
    this.#parsed ??= toStoredEvent(JSON.parse(this.json) as NostrEvent, this.json);
    return this.#parsed;
  }
}
