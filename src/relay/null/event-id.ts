import { type FrameView, ID_CHARS, payloadByte, payloadBytes } from './frame.ts';

const KEY = '"id":"';
const KEY_CODES = [...KEY].map((character) => character.charCodeAt(0));
const ID = /"id"\s*:\s*"([0-9a-f]{64})"/;
/** `["EVENT",{"id":"` puts the id here. */
const ID_FIRST_OFFSET = 16;
/** `"<id>","sig":"<128 digits>"}]`: from the id's first digit to the end, where nostr-tools' key order is used. */
const ID_BEFORE_SIG_FROM_END = ID_CHARS + '","sig":"'.length + 128 + '"}]'.length;

/**
 * Finds the id of EVENT messages. A generator writes all its events with one key order, so the id stands at a
 * fixed distance from the start or from the end of the message: that place is tried first and only six bytes
 * are unmasked. `"id":"` cannot stand inside a JSON string, where quotes are escaped.
 */
export class EventIdFinder {
  #fromStart = ID_FIRST_OFFSET;
  #fromEnd = ID_BEFORE_SIG_FROM_END;

  /** Payload offset of the id's first digit; -1 where the message has none. */
  find(frame: FrameView): number {
    if (hasKeyBefore(frame, this.#fromStart)) return this.#fromStart;
    const length = frame.end - frame.start;
    const fromEnd = length - this.#fromEnd;
    if (fromEnd > 0 && hasKeyBefore(frame, fromEnd)) return fromEnd;
    return this.#search(frame, length);
  }

  #search(frame: FrameView, length: number): number {
    const match = ID.exec(payloadBytes(frame).toString('latin1'));
    if (match?.[1] === undefined) return -1;
    const offset = match.index + match[0].length - 1 - match[1].length;
    this.#fromStart = offset;
    this.#fromEnd = length - offset;
    return offset;
  }
}

function hasKeyBefore(frame: FrameView, offset: number): boolean {
  const keyAt = offset - KEY.length;
  if (keyAt < 0 || frame.start + offset + ID_CHARS > frame.end) return false;
  for (let i = 0; i < KEY_CODES.length; i++) {
    if (payloadByte(frame, keyAt + i) !== KEY_CODES[i]) return false;
  }
  return true;
}
