import { setImmediate as nextTurn } from 'node:timers/promises';
import { relevance, searchWords } from '../../nostr/nip50.ts';
import { contentOf, type StoredEvent } from './stored-event.ts';

/** A search looks at this many of the newest events that the rest of its filter matches. */
export const SEARCH_CANDIDATES_MAX = 100_000;
/** Events that are read in one turn of the event loop: about a millisecond. */
const EVENTS_PER_TURN = 500;

interface Found {
  readonly event: StoredEvent;
  readonly score: number;
}

/**
 * Those of the candidates that a search finds (NIP-50), the most relevant first, equally relevant ones in the
 * order of the candidates. Reads every candidate, a few in one turn of the event loop: an index of all words
 * would cost every event more memory than its own text.
 */
export async function searchAmong(
  candidates: readonly StoredEvent[],
  search: string,
): Promise<StoredEvent[]> {
  const words = searchWords(search);
  if (words.length === 0) return [...candidates];
  const found: Found[] = [];
  for (const [index, event] of candidates.entries()) {
    if (index % EVENTS_PER_TURN === EVENTS_PER_TURN - 1) await nextTurn();
    const score = relevance(contentOf(event), words);
    if (score > 0) found.push({ event, score });
  }
  return found.sort((a, b) => b.score - a.score).map(({ event }) => event);
}
