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

/**
 * The JSON of a part of an event as NIP-01 serialises it. `JSON.stringify` agrees except where it writes
 * `\uXXXX` (other control characters, lone surrogates), so its fast native text is used whenever no `\u`
 * stands in it.
 */
function canonical(json: string, value: string | UnsignedEvent['tags']): string {
  if (!json.includes('\\u')) return json;
  if (typeof value === 'string') return quote(value);
  return `[${value.map((tag) => `[${tag.map(quote).join(',')}]`).join(',')}]`;
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
    signed: `[0,"${pubkey}",${created_at},${kind},${canonical(tags, event.tags)},${canonical(content, event.content)}]`,
    json: `{"id":"${id}","pubkey":"${pubkey}","created_at":${created_at},"kind":${kind},${fields},"sig":"${sig}"}`,
  };
}

/**
 * The text whose UTF-8 bytes hash to the id (NIP-01): no white space, seven characters escaped, all others
 * verbatim.
 */
export function serializeEvent(event: UnsignedEvent): string {
  const { pubkey, created_at, kind } = event;
  const tags = canonical(JSON.stringify(event.tags), event.tags);
  const content = canonical(JSON.stringify(event.content), event.content);
  return `[0,${quote(pubkey)},${created_at},${kind},${tags},${content}]`;
}

/** The id of an event: lowercase hex SHA-256 of {@link serializeEvent}. A lone surrogate is hashed as U+FFFD. */
export function eventId(event: UnsignedEvent): string {
  return hash('sha256', serializeEvent(event), 'hex');
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
