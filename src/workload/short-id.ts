/**
 * The first 16 hex digits of an id: a run keeps no more of the events that it sends.
 * @param high hex digits 0–7 as an unsigned integer
 * @param low hex digits 8–15
 */
export function shortId(high: number, low: number): string {
  return [high, low].map((word) => word.toString(16).padStart(8, '0')).join('');
}
