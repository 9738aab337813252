import type { NostrEvent } from '../../nostr/event.ts';
import { replaceableAddress } from '../../nostr/kinds.ts';

/**
 * An event as the relay keeps it: what finding it depends on, and its JSON text, serialised once. Content
 * and signature live in the text only.
 */
export interface StoredEvent {
  readonly id: string;
  readonly pubkey: string;
  /** Unix seconds. */
  readonly created_at: number;
  readonly kind: number;
  /** Only the tags that filters can ask for, each once: one-letter name and first value. */
  readonly tags: readonly (readonly [name: string, value: string])[];
  /** The whole event as JSON. */
  readonly json: string;
  /** The address of which only one version is kept; null for regular events. */
  readonly address: string | null;
  /** Unix seconds from which the event is no longer served (NIP-40); Infinity without the tag. */
  readonly expiresAt: number;
}

/** An event that is no longer in the store, as much as a cache has to know of it. */
export type RemovedEvent = Pick<StoredEvent, 'id' | 'address'>;

type IndexedTag = StoredEvent['tags'][number];

const LETTER = /^[a-zA-Z]$/;
/** Among so few tags comparing all is cheaper than a set; tags may be thousands. */
const FEW_TAGS = 8;

function isIndexed(tag: readonly string[]): tag is readonly [string, string] {
  return tag[1] !== undefined && LETTER.test(tag[0] ?? '');
}

function withoutRepetitions(tags: readonly IndexedTag[]): readonly IndexedTag[] {
  const seen = new Set<string>();
  // The name is one letter, so that name and value joined are unambiguous.
  return tags.filter(([name, value]) => seen.size < seen.add(name + value).size);
}

function isAmong(tags: readonly IndexedTag[], [name, value]: IndexedTag): boolean {
  return tags.some((tag) => tag[1] === value && tag[0] === name);
}

function indexedTags(tags: NostrEvent['tags']): StoredEvent['tags'] {
  const areFew = tags.length <= FEW_TAGS;
  const indexed: IndexedTag[] = [];
  for (const tag of tags) {
    if (!isIndexed(tag) || (areFew && isAmong(indexed, tag))) continue;
    indexed.push(tag.length === 2 ? tag : [tag[0], tag[1]]);
  }
  return areFew ? indexed : withoutRepetitions(indexed);
}

/** The second from which an event is expired (NIP-40); Infinity where the tag is missing or not a number. */
export function expirationOf(tags: NostrEvent['tags']): number {
  const text = tags.find((tag) => tag[0] === 'expiration')?.[1];
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
}

/** The content of an event, from its text. */
export function contentOf({ json }: StoredEvent): string {
  const raw = rawContent(json);
  if (raw === null) return (JSON.parse(json) as NostrEvent).content;
  return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
}

const CONTENT_KEY = '"content"';
const CONTENT_VALUE = /\s*:\s*"/y;

/**
 * The content of an event as it is written in its text, where that is found without parsing all of it: where there is no
 * object within, so that each key is one of the event, and nothing that could be written in another way, `"content"` is
 * that key if it is there once.
 * @returns null where it has to be parsed
 */
function rawContent(json: string): string | null {
  const key = json.indexOf(CONTENT_KEY);
  const isPlain =
    key !== -1 &&
    json.indexOf(CONTENT_KEY, key + 1) === -1 &&
    json.indexOf('{', json.indexOf('{') + 1) === -1 &&
    !json.includes('\\u');
  if (!isPlain) return null;
  CONTENT_VALUE.lastIndex = key + CONTENT_KEY.length;
  if (!CONTENT_VALUE.test(json)) return null;
  const start = CONTENT_VALUE.lastIndex;
  const end = endOfString(json, start);
  return end === -1 ? null : json.slice(start, end);
}

/** Where the quote is that ends a string; -1 where there is none. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start); end !== -1; end = json.indexOf('"', end + 1)) {
    let escapes = 0;
    while (json[end - 1 - escapes] === '\\') escapes++;
    if (escapes % 2 === 0) return end;
  }
  return -1;
}

/**
 * Prepares an accepted event for storing and for sending.
 * @param json the whole event as JSON
 */
export function toStoredEvent(event: NostrEvent, json: string): StoredEvent {
  return {
    id: event.id,
    pubkey: event.pubkey,
    created_at: event.created_at,
    kind: event.kind,
    tags: indexedTags(event.tags),
    json,
    address: replaceableAddress(event),
    expiresAt: expirationOf(event.tags),
  };
}
