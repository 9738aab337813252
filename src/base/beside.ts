/** More digits than anything measured has. */
const MOST_DIGITS = 12;

/**
 * How many digits a value needs so that its rounded text lies on the same side of every limit as the value itself:
 * 98.996 % beside a limit of 99 % must not read 99 %.
 * @param least digits that are enough where no limit is near
 * @param rounded the value at so many digits, in the unit of the limits
 */
export function digitsBeside(
  value: number,
  limits: readonly number[],
  { least, rounded }: { readonly least: number; readonly rounded: (digits: number) => number },
): number {
  for (let digits = least; digits < MOST_DIGITS; digits++) {
    const shown = rounded(digits);
    if (limits.every((limit) => Math.sign(shown - limit) === Math.sign(value - limit))) return digits;
  }
  return MOST_DIGITS;
}
