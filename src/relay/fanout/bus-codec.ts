import { createHmac, timingSafeEqual } from 'node:crypto';
import { type BusMessage, encodeMessage, parseMessage } from './bus-message.ts';

/** A message that was understood, and whether it bears the signature of a relay of this stack. */
export interface Heard {
  readonly message: BusMessage;
  readonly isAuthentic: boolean;
}

/** 32 bytes as base64url. */
const MAC = /^[\w-]{43}$/;
const MAC_BYTES = 32;

/**
 * Writes and reads what goes over the channel. With a key that the relays of a stack share, every message is preceded by
 * its HMAC-SHA256 (RFC 2104), and one without is refused: who can publish to the channel is no relay yet. Without a key
 * nothing is authentic, and what a message claims has to be verified.
 */
export class BusCodec {
  readonly #key: string | null;

  constructor(key: string | null) {
    this.#key = key;
  }

  encode(message: BusMessage): string {
    const text = encodeMessage(message);
    return this.#key === null ? text : `${macOf(this.#key, text).toString('base64url')}\n${text}`;
  }

  /** @throws Error where the text is no message of a relay of this stack */
  decode(text: string): Heard {
    if (this.#key === null) return { message: parseMessage(text), isAuthentic: false };
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (end < 0 || !isMacOf(this.#key, body, text.slice(0, end))) {
      throw new Error('a message does not bear the signature of this stack');
    }
    return { message: parseMessage(body), isAuthentic: true };
  }
}

function macOf(key: string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function isMacOf(key: string, text: string, mac: string): boolean {
  if (!MAC.test(mac)) return false;
  const given = Buffer.from(mac, 'base64url');
  return given.length === MAC_BYTES && timingSafeEqual(given, macOf(key, text));
}
