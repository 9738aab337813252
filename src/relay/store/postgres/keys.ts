import { hash } from 'node:crypto';
import { isHex64 } from '../../../nostr/event.ts';

/** Texts up to this many bytes are kept as they are, longer ones as their hash: an index row has a limit. */
const PLAIN_MAX_BYTES = 128;

/** 32 bytes of hex as Postgres reads a `bytea`. */
export function bytea(hex: string): string {
  return `\\x${hex}`;
}

/**
 * A text as a key of at most 129 bytes, as Postgres reads a `bytea`. The first byte says how it is kept, so that
 * two texts never share a key (but for the hash): 0 = 64 hex characters in half, 1 = UTF-8, 2 = SHA-256. A `text`
 * column would refuse U+0000 and long texts.
 */
export function textKey(text: string): string {
  return `\\x${keyHex(text)}`;
}

/** The key of a tag with a one-letter name: the name and the key of its value. */
export function tagKey(name: string, value: string): string {
  return `\\x${Buffer.from(name).toString('hex')}${keyHex(value)}`;
}

function keyHex(text: string): string {
  if (isHex64(text)) return `00${text}`;
  const bytes = Buffer.from(text);
  return bytes.length <= PLAIN_MAX_BYTES ? `01${bytes.toString('hex')}` : `02${hash('sha256', bytes, 'hex')}`;
}

/** The parts of an address (`kind:pubkey:d`), ready for Postgres. */
export interface AddressKey {
  readonly pubkey: string;
  readonly kind: number;
  readonly d: string;
}

const ADDRESS = /^(0|[1-9]\d{0,4}):([0-9a-f]{64}):/;

/** The key of an address, written exactly as {@link replaceableAddress} writes it; null for anything else. */
export function addressKey(address: string): AddressKey | null {
  const match = ADDRESS.exec(address);
  if (match === null) return null;
  const [prefix, kind = '', pubkey = ''] = match;
  return { pubkey: bytea(pubkey), kind: Number(kind), d: textKey(address.slice(prefix.length)) };
}
