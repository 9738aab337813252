const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** ASCII code of the first hex digit of every byte. */
const HIGH_DIGIT = Uint8Array.from(DIGITS, (digits) => digits.charCodeAt(0));
/** ASCII code of the second hex digit of every byte. */
const LOW_DIGIT = Uint8Array.from(DIGITS, (digits) => digits.charCodeAt(1));

/**
 * Writes 32 bytes as 64 lower-case hex digits; faster than `Buffer.write` on the hot path, and free of garbage.
 */
export function putHex(target: Uint8Array, at: number, bytes: Uint8Array, from: number): void {
  for (let i = 0; i < 32; i++) {
    const byte = bytes[from + i] as number;
    target[at + 2 * i] = HIGH_DIGIT[byte] as number;
    target[at + 2 * i + 1] = LOW_DIGIT[byte] as number;
  }
}

/** The same from a string of one character (0–255) a byte. */
export function putHexOf(target: Uint8Array, at: number, bytes: string): void {
  for (let i = 0; i < 32; i++) {
    const byte = bytes.charCodeAt(i);
    target[at + 2 * i] = HIGH_DIGIT[byte] as number;
    target[at + 2 * i + 1] = LOW_DIGIT[byte] as number;
  }
}

const ZERO = 0x30;
const EIGHT_DIGITS = 100_000_000;

/** Writes a non-negative integer in exactly `width` ASCII decimal digits, zero-padded; excess digits are cut. */
export function putDigits(target: Uint8Array, at: number, width: number, value: number): void {
  if (width <= 8) {
    putSmall(target, at, width, value % EIGHT_DIGITS);
    return;
  }
  const high = Math.floor(value / EIGHT_DIGITS);
  putSmall(target, at + width - 8, 8, value - high * EIGHT_DIGITS);
  putDigits(target, at, width - 8, high);
}

/** The same below 10^8, where 32-bit integer division serves. */
function putSmall(target: Uint8Array, at: number, width: number, value: number): void {
  let rest = value | 0;
  for (let i = at + width - 1; i >= at; i--) {
    const tens = (rest / 10) | 0;
    target[i] = ZERO + rest - tens * 10;
    rest = tens;
  }
}
