/**
 * Holm's step-down correction (Holm 1979): the chance of any false alarm among all tests stays below the level
 * that the adjusted values are held against.
 * @param chances p values, 0..1
 * @returns adjusted p values in the same order
 */
export function holm(chances: readonly number[]): number[] {
  const order = [...chances.keys()].sort((a, b) => (chances[a] ?? 1) - (chances[b] ?? 1));
  const adjusted = new Array<number>(chances.length).fill(1);
  let highest = 0;
  for (const [step, index] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (chances[index] ?? 1) * (chances.length - step)));
    adjusted[index] = highest;
  }
  return adjusted;
}
