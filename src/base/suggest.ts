import { closestMatch } from 'leven';

/**
 * ` (did you mean "…"?)` for a misspelt name, or nothing where no candidate is close: two letters may differ, in
 * long names a third of them, in names of up to three only one.
 */
export function didYouMean(name: string, candidates: readonly string[]): string {
  const maxDistance = name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3));
  const match = closestMatch(name, candidates, { maxDistance });
  return match === undefined || match === name ? '' : ` (did you mean "${match}"?)`;
}
