import { checkEventShape, type NostrEvent } from './event.ts';
import { parseJson } from './json.ts';

/** The event in the bytes of an EVENT message, or of an event alone; null where there is none. Never throws. */
export function receivedEvent(bytes: Uint8Array): NostrEvent | null {
  const value = parseJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  return checkEventShape(Array.isArray(value) ? value[2] : value).event ?? null;
}
