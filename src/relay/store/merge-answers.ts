import { compareNewestFirst } from '../../nostr/kinds.ts';
import type { StoredEvent } from './stored-event.ts';

/**
 * One answer from those of several filters: each event once, newest first.
 * @param isRanked keep the order of the answers instead: a search has put them in it
 */
export function mergeAnswers(
  answers: readonly (readonly StoredEvent[])[],
  isRanked: boolean,
): readonly StoredEvent[] {
  const [first] = answers;
  if (answers.length === 1 && first !== undefined) return first;
  const events = [...new Map(answers.flat().map((event) => [event.id, event])).values()];
  return isRanked ? events : events.sort(compareNewestFirst);
}
