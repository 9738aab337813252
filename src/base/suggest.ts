import { closestMatch } from 'leven';

/**
 * ` (did you mean "…"?)` for a misspelt name, or nothing where no candidate is close: at most a third of the
 * letters may differ.
 */
export function didYouMean(name: string, candidates: readonly string[]): string {
  const maxDistance = Math.max(1, Math.floor(name.length / 3));
  const match = closestMatch(name, candidates, { maxDistance });
  return match === undefined || match === name ? '' : ` (did you mean "${match}"?)`;
}
