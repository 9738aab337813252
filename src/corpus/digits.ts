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
