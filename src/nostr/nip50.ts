/** `key:value` words are extensions (NIP-50); those of other programs are ignored. A URL is none. */
const EXTENSION = /^[a-z_]+:(?!\/\/)\S+$/i;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/** The distinct words of a `search` (NIP-50), in lower case, without its `key:value` extensions. */
export function searchWords(search: string): readonly string[] {
  const terms = search.split(/\s+/).filter((term) => !EXTENSION.test(term));
  return [...new Set(wordsOf(terms.join(' ')))];
}

/** The distinct words of a content, in lower case, as {@link relevance} looks for them. */
export function contentWords(content: string): readonly string[] {
  return [...new Set(wordsOf(content))];
}

/**
 * How well a content answers a search. All words must occur in it, whole and in any case; each word counts the
 * more the more often it occurs, but less and less, so that a repeated word does not beat a second word.
 * @param words in lower case, see {@link searchWords}; none are found in every content
 * @returns 0 where a word is missing, else a positive number, equal ones being equally good
 */
export function relevance(content: string, words: readonly string[]): number {
  if (words.length === 0) return 1;
  const counts = new Map(words.map((word) => [word, 0]));
  for (const word of wordsOf(content)) {
    const count = counts.get(word);
    if (count !== undefined) counts.set(word, count + 1);
  }
  let score = 0;
  for (const count of counts.values()) {
    if (count === 0) return 0;
    score += count / (count + 1);
  }
  return score;
}
