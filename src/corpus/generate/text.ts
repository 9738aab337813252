import type { Draws } from './draws.ts';
import { anyPassage } from './passages.ts';
import { EMOJI, NAMES } from './vocabulary.ts';

// Every text here is the inside of a JSON string: what JSON escapes is escaped already, so that making an event is
// nothing but joining texts.

/** Emoji and languages outside ASCII make a tenth of the notes non-ASCII together. */
const EMOJI_SHARE = 0.045;
const QUOTED_SHARE = 0.035;

/** What a person writes in one go: a passage in some language, now and then in quotes or with an emoji. */
export function prose(draws: Draws, bytes: number): string {
  const text = anyPassage(draws, bytes);
  const manner = draws.unit();
  if (manner < EMOJI_SHARE) return `${text} ${draws.earlyOf(EMOJI)}`;
  return manner < EMOJI_SHARE + QUOTED_SHARE ? `\\"${text}\\"` : text;
}

/** Base64 of `bytes` random bytes, as ciphertext looks like. */
export function base64(draws: Draws, bytes: number): string {
  return randomBytes(draws, bytes).toString('base64');
}

/** Lower-case hex of `bytes` random bytes. */
export function hex(draws: Draws, bytes: number): string {
  return randomBytes(draws, bytes).toString('hex');
}

function randomBytes(draws: Draws, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes + 3);
  for (let at = 0; at < bytes; at += 4) buffer.writeUInt32LE(draws.uint32(), at);
  return buffer.subarray(0, bytes);
}

/** A NIP-44 payload of the right form and length: version 2, nonce, padded ciphertext, MAC; all of it random. */
export function nip44(draws: Draws, plainBytes: number): string {
  const payload = randomBytes(draws, 1 + 32 + 2 + nip44PaddedBytes(plainBytes) + 32);
  payload[0] = 2;
  return payload.toString('base64');
}

/** NIP-44 `calc_padded_len`. */
function nip44PaddedBytes(plainBytes: number): number {
  if (plainBytes <= 32) return 32;
  const nextPower = 2 ** (32 - Math.clz32(plainBytes - 1));
  const chunk = nextPower <= 256 ? 32 : nextPower / 8;
  return chunk * Math.ceil(plainBytes / chunk);
}

/** Top-level domains that RFC 2606 keeps from ever existing. */
const HOSTS = ['example.com', 'example.org', 'example.net', 'social.example', 'media.example'];

/** The address of a picture, film or page. */
export function url(draws: Draws, ending: string): string {
  return `https://${draws.of(HOSTS)}/${hex(draws, 12)}${ending}`;
}

/** One of a few dozen relays. */
export function drawnRelayUrl(draws: Draws): string {
  return `wss://relay${draws.int(8) * draws.int(8)}.${draws.of(HOSTS)}`;
}

/** A name as in a profile; not unique. */
export function personName(draws: Draws): string {
  return `${draws.of(NAMES)}${draws.chance(0.4) ? draws.int(1_000) : ''}`;
}
