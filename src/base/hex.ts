/** Value of a lower-case hex digit by character code; 255 for anything else. */
const NIBBLE = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) NIBBLE[digit.toString(16).charCodeAt(0)] = digit;

/** What {@link readHex32} returns for bytes that are not lower-case hex. */
export const NOT_HEX = -1;

/**
 * Eight lower-case hex digits at `offset` as an unsigned 32-bit integer, without making a string.
 * @returns {@link NOT_HEX} where a byte is not a lower-case hex digit or lies outside the buffer
 */
export function readHex32(bytes: Uint8Array, offset: number): number {
  let value = 0;
  let bad = 0;
  for (let i = 0; i < 8; i++) {
    const nibble = NIBBLE[bytes[offset + i] ?? 0] ?? 255;
    bad |= nibble & 0xf0;
    value = (value << 4) | (nibble & 0x0f);
  }
  return bad === 0 ? value >>> 0 : NOT_HEX;
}
