import { relevance, searchWords } from '../../nostr/nip50.ts';
import type { Steps } from '../work/steps.ts';
import { contentOf, type StoredEvent } from './stored-event.ts';

/** A search looks at this many of the newest events that the rest of its filter matches. */
export const SEARCH_CANDIDATES_MAX = 100_000;
/** Characters of events that are read in one step: well below a millisecond, but for one very long event. */
const CHARACTERS_PER_STEP = 8_192;

/** What a search has found. */
export interface Found {
  readonly event: StoredEvent;
  /** The higher, the more relevant. */
  readonly score: number;
}

/**
 * Those of the candidates that a search finds (NIP-50), the most relevant first, equally relevant ones in the
 * order of the candidates. Reads every candidate, a few in one step: an index of all words would cost every event more
 * memory than its own text.
 */
export function* searchAmong(candidates: readonly StoredEvent[], search: string): Steps<Found[]> {
  const words = searchWords(search);
  if (words.length === 0) return candidates.map((event) => ({ event, score: 1 }));
  const found: Found[] = [];
  let read = 0;
  for (const event of candidates) {
    const score = relevance(contentOf(event), words);
    if (score > 0) found.push({ event, score });
    read += event.json.length;
    if (read < CHARACTERS_PER_STEP) continue;
    read = 0;
    yield;
  }
  return found.sort((a, b) => b.score - a.score);
}
