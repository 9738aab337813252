import { NO_TOPIC } from '../../corpus/event-frames.ts';
import { type CorpusFile, corpusLines } from '../../corpus/replay/corpus-lines.ts';
import { kindOf, pubkeyOf } from '../../corpus/replay/event-line.ts';
import type { Filter } from '../../nostr/filter.ts';

/** Notes and reposts: what the feed of those one follows consists of. Nothing replaces or hides them. */
export const FOLLOWED_KINDS: readonly number[] = [1, 6];
/** Authors of one feed; the largest that common relays take. */
const MOST_AUTHORS = 150;

/** Who subscribers of a replayed corpus follow: each topic is a feed of some authors. */
export interface Following {
  /** Filter of a live subscription. */
  filterOf(topic: number): Filter;
  topicOf(line: Buffer): number;
}

/**
 * Deals the authors of the events from `first` on out to the topics, at most 150 to each; events of all others reach
 * nobody.
 */
export async function followAuthors(file: CorpusFile, first: number, topics: number): Promise<Following> {
  const authors = await authorsOf(file, first, topics * MOST_AUTHORS);
  if (authors.length < topics)
    throw new Error(`the corpus has ${authors.length} authors of notes to follow, for ${topics} topics`);
  const topicByAuthor = new Map(authors.map((author, at) => [author, at % topics]));
  return {
    // No stored events: the feed as it comes.
    filterOf: (topic) => ({
      kinds: FOLLOWED_KINDS,
      authors: authors.filter((_, at) => at % topics === topic),
      limit: 0,
    }),
    topicOf: (line) =>
      FOLLOWED_KINDS.includes(kindOf(line)) ? (topicByAuthor.get(pubkeyOf(line)) ?? NO_TOPIC) : NO_TOPIC,
  };
}

async function authorsOf(file: CorpusFile, first: number, most: number): Promise<readonly string[]> {
  const authors = new Set<string>();
  for await (const block of corpusLines(file)) {
    for (const line of block.lines.slice(Math.max(0, first - block.first))) {
      if (FOLLOWED_KINDS.includes(kindOf(line))) authors.add(pubkeyOf(line));
      if (authors.size === most) return [...authors];
    }
  }
  return [...authors];
}
