const SMALLEST = 256;
const LARGEST = 1 << 20;

/** A power of two with room for so many events under way, within bounds. */
export function windowFor(events: number): number {
  return Math.min(LARGEST, Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(Math.max(1, events)))));
}
