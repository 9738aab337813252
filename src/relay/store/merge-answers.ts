import { compareNewestFirst } from '../../nostr/kinds.ts';
import type { Steps } from '../work/steps.ts';
import { Heap } from './heap.ts';
import type { StoredEvent } from './stored-event.ts';

/** Events that are merged in one step. */
const EVENTS_PER_STEP = 512;

/**
 * One answer from those of several filters: each event once, newest first.
 * @param isRanked keep the order of the answers instead: a search has put them in it
 */
export function* mergeAnswers(
  answers: readonly (readonly StoredEvent[])[],
  isRanked: boolean,
): Steps<readonly StoredEvent[]> {
  const [first] = answers;
  if (answers.length === 1 && first !== undefined) return first;
  if (isRanked) return [...new Map(answers.flat().map((event) => [event.id, event])).values()];
  return yield* mergeSorted(answers);
}

/** An answer, and how far it was merged. */
interface Position {
  readonly events: readonly StoredEvent[];
  index: number;
  head: StoredEvent;
}

function* mergeSorted(answers: readonly (readonly StoredEvent[])[]): Steps<StoredEvent[]> {
  const heap = new Heap<Position>((a, b) => compareNewestFirst(a.head, b.head));
  for (const events of answers) {
    const [head] = events;
    if (head !== undefined) heap.push({ events, index: 0, head });
  }
  const merged: StoredEvent[] = [];
  let merges = 0;
  for (let next = heap.top(); next !== undefined; next = heap.top()) {
    if (++merges % EVENTS_PER_STEP === 0) yield;
    // The same event in two answers comes twice in a row.
    if (merged.at(-1)?.id !== next.head.id) merged.push(next.head);
    const following = next.events[++next.index];
    if (following === undefined) heap.pop();
    else {
      next.head = following;
      heap.topChanged();
    }
  }
  return merged;
}
