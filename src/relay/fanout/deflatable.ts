import { deflateMessage } from '../../base/deflate-message.ts';

/** A shorter message goes out as it is: an OK is hex for the most part, and would save little. */
const FROM_BYTES = 200;
/** A longer one goes out as it is too: compressing it would hold up everybody else for milliseconds. */
const TO_BYTES = 64 * 1024;

/** The message compressed; null where it goes out as it is. @param bytes of the text as UTF-8 */
export function deflatedText(text: string, bytes: number): Uint8Array | null {
  return bytes < FROM_BYTES || bytes > TO_BYTES ? null : deflateMessage(Buffer.from(text));
}
