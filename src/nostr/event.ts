import { hash } from 'node:crypto';
import { own } from '../base/own.ts';

/** The fields of an event that its id is computed from (NIP-01). */
export interface UnsignedEvent {
  /** Public key of the author: 32 bytes as 64 lowercase hex characters. */
  readonly pubkey: string;
  /** Unix time in whole seconds. */
  readonly created_at: number;
  /** Integer in 0..65535. */
  readonly kind: number;
  /** Each tag holds at least one string: its name, then its values. */
  readonly tags: readonly (readonly string[])[];
  readonly content: string;
}

/** A signed event as it travels (NIP-01). */
export interface NostrEvent extends UnsignedEvent {
  /** SHA-256 of the serialised event: 64 lowercase hex characters. */
  readonly id: string;
  /** BIP-340 signature of the id: 128 lowercase hex characters. */
  readonly sig: string;
}

/** The outcome of a check of data from outside: the checked event, or one sentence that says what is wrong. */
export type EventCheck =
  | { readonly event: NostrEvent; readonly problem?: never }
  | { readonly event?: never; readonly problem: string };

/** The only seven characters that NIP-01 escapes. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '"': '\\"',
  '\\': '\\\\',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

const HEX_64 = /^[0-9a-f]{64}$/;
const HEX_128 = /^[0-9a-f]{128}$/;

/** Whether `value` is 32 bytes as 64 LOWERCASE hex characters: an id or a public key. */
export function isHex64(value: unknown): value is string {
  return typeof value === 'string' && HEX_64.test(value);
}

function quote(text: string): string {
  return `"${text.replace(/[\n"\\\r\t\b\f]/g, (character) => own(ESCAPES, character) ?? character)}"`;
}

/** The two texts of an event, made together because they share their longest parts. */
export interface EventTexts {
  /** What the id is the hash of, see {@link serializeEvent}. */
  readonly signed: string;
  /** The whole event as JSON. */
  readonly json: string;
}

/** Both texts of an event whose shape was checked (its hex fields are not escaped). */
export function eventTexts(event: NostrEvent): EventTexts {
  const { id, pubkey, created_at, kind, sig } = event;
  const tags = JSON.stringify(event.tags);
  const content = JSON.stringify(event.content);
  const fields = `"tags":${tags},"content":${content}`;
  return {
    signed: `[0,"${pubkey}",${created_at},${kind},${tags},${content}]`,
    json: `{"id":"${id}","pubkey":"${pubkey}","created_at":${created_at},"kind":${kind},${fields},"sig":"${sig}"}`,
  };
}

/**
 * The text whose UTF-8 bytes hash to the id: a JSON array without white space. NIP-01 escapes seven characters and
 * wants all others verbatim, but nostr-tools, go-nostr, rust-nostr and strfry take what their JSON libraries write:
 * other control characters as `\u00xx`. What nearly everybody signs, and what relays accept, is the latter.
 */
export function serializeEvent(event: UnsignedEvent): string {
  const { pubkey, created_at, kind, tags, content } = event;
  return `[0,${quote(pubkey)},${created_at},${kind},${JSON.stringify(tags)},${JSON.stringify(content)}]`;
}

/** The same as NIP-01 has it to the letter; null where both are the same text. */
export function serializeVerbatim(event: UnsignedEvent): string | null {
  const { pubkey, created_at, kind, tags, content } = event;
  if (![content, ...tags.flat()].some((text) => JSON.stringify(text).includes('\\u'))) return null;
  const list = tags.map((tag) => `[${tag.map(quote).join(',')}]`).join(',');
  return `[0,${quote(pubkey)},${created_at},${kind},[${list}],${quote(content)}]`;
}

/** The id of an event: lowercase hex SHA-256 of {@link serializeEvent}. */
export function eventId(event: UnsignedEvent): string {
  return hash('sha256', serializeEvent(event), 'hex');
}

/**
 * Which text the id of an event is the hash of: `escaped` ({@link serializeEvent}, also where both are the same),
 * `verbatim` ({@link serializeVerbatim}), or null: the id is wrong.
 * @param signed the first text, where it is at hand
 */
export function idForm(event: NostrEvent, signed = serializeEvent(event)): 'escaped' | 'verbatim' | null {
  if (hash('sha256', signed, 'hex') === event.id) return 'escaped';
  const verbatim = serializeVerbatim(event);
  return verbatim !== null && hash('sha256', verbatim, 'hex') === event.id ? 'verbatim' : null;
}

function tagsProblem(tags: unknown): string | null {
  if (!Array.isArray(tags)) return 'tags is not an array';
  for (const tag of tags) {
    if (!Array.isArray(tag)) return 'a tag is not an array';
    if (tag.length === 0) return 'a tag is empty';
    for (const item of tag) if (typeof item !== 'string') return 'a tag holds something other than strings';
  }
  return null;
}

function fieldsProblem(fields: Readonly<Record<string, unknown>>): string | null {
  const { kind, created_at: createdAt } = fields;
  if (!isHex64(fields['id'])) return 'id is not 64 lowercase hex characters';
  if (!isHex64(fields['pubkey'])) return 'pubkey is not 64 lowercase hex characters';
  if (!Number.isSafeInteger(createdAt)) return 'created_at is not an integer';
  if (!Number.isInteger(kind) || Number(kind) < 0 || Number(kind) > 65_535) {
    return 'kind is not an integer in 0..65535';
  }
  if (typeof fields['content'] !== 'string') return 'content is not a string';
  if (typeof fields['sig'] !== 'string' || !HEX_128.test(fields['sig'])) {
    return 'sig is not 128 lowercase hex characters';
  }
  return null;
}

/**
 * Checks the shape of an event from outside (NIP-01), not its id and signature. Never throws, never recurses.
 * @returns an event with exactly the seven fields (others are dropped), or the first problem found
 */
export function checkEventShape(value: unknown): EventCheck {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { problem: 'event is not an object' };
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const problem = fieldsProblem(fields) ?? tagsProblem(fields['tags']);
  if (problem !== null) return { problem };
  const { id, pubkey, created_at, kind, tags, content, sig } = value as NostrEvent;
  return { event: { id, pubkey, created_at, kind, tags, content, sig } };
}
