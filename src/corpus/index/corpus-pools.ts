import { isGiftWrapKind } from '../../nostr/nip59.ts';
import type { EventLists } from './conditions.ts';
import type { CorpusWords } from './corpus-words.ts';

/** Values to draw filters from; all of them occur in the corpus. */
export interface CorpusPools {
  /** Public keys of authors, in the order of their first events. */
  readonly authors: readonly string[];
  /** Of those the quarter that has written least. */
  readonly quietAuthors: readonly string[];
  /** Ids of events that are still stored when all are published. */
  readonly ids: readonly string[];
  /** Ids of notes (kind 1) that other events refer to, likewise. */
  readonly threads: readonly string[];
  /** Ids of notes to which somebody has reacted (kind 7), likewise. */
  readonly liked: readonly string[];
  /** Values of `t` tags. */
  readonly hashtags: readonly string[];
  /** Words of contents, in lower case. */
  readonly words: readonly string[];
  /** Who has written a note to whom: pairs of public keys. */
  readonly conversations: readonly (readonly [author: string, recipient: string])[];
  /** `created_at` of the newest tenth of the notes, unix seconds. */
  readonly recent: readonly number[];
}

export interface PoolChoice {
  /** Whether an event is there still when all events have been published. */
  readonly isKept: (number: number) => boolean;
  /** Values are of the first so many events. */
  readonly published: number;
  /** At most so many of each sort, evenly spread. */
  readonly max: number;
}

const NOTE = 1;
const REACTION = 7;
const QUIET_SHARE = 1 / 4;
const RECENT_SHARE = 1 / 10;

/** Values to draw filters from. */
export function poolsOf(lists: EventLists, words: CorpusWords, choice: PoolChoice): CorpusPools {
  const { columns, tags } = lists;
  const { published, max, isKept } = choice;
  const kept = [...Array(published).keys()].filter(isKept);
  const notes = kept.filter((number) => columns.kindOf(number) === NOTE);
  const idsOf = (numbers: readonly number[]): string[] =>
    spread(numbers, max).map((number) => columns.idOf(number));
  const tagged = (letter: string, value: string, kind?: number): boolean =>
    isTagged(lists, choice, { letter, value, kind });
  const authors = authorsOf(lists, published);
  return {
    authors: spread(authors, max),
    quietAuthors: spread(quietest(lists, authors, published), max),
    ids: idsOf(kept),
    threads: idsOf(notes.filter((number) => tags.lengthOf('e', columns.idOf(number)) > 0)),
    liked: idsOf(notes.filter((number) => tagged('e', columns.idOf(number), REACTION))),
    hashtags: spread(
      tags.valuesOf('t').filter((value) => tagged('t', value)),
      max,
    ),
    words: spread(words.upTo(published), max),
    conversations: spread(conversationsOf(lists, choice, authors), max),
    recent: spread(newestOf(notes.map((number) => columns.createdAt_s(number))), max),
  };
}

function authorsOf({ columns }: EventLists, published: number): readonly string[] {
  let most = 0;
  for (let number = 0; number < published; number++) most = Math.max(most, columns.authorOf(number) + 1);
  return columns.pubkeys.slice(0, most);
}

/**
 * In the order of how much they have written, the least first; at least one where there is any. Keys that have only wrapped a
 * gift (NIP-59) are nobody's: each is used once, and relays may keep what they have signed from all but its recipient.
 */
function quietest({ columns }: EventLists, authors: readonly string[], published: number): readonly string[] {
  const written = new Uint32Array(authors.length);
  for (let number = 0; number < published; number++) {
    if (isGiftWrapKind(columns.kindOf(number))) continue;
    const author = columns.authorOf(number);
    written[author] = (written[author] as number) + 1;
  }
  const order = authors
    .map((_, author) => author)
    .filter((author) => (written[author] as number) > 0)
    .sort((a, b) => (written[a] as number) - (written[b] as number));
  return order.slice(0, Math.ceil(order.length * QUIET_SHARE)).map((author) => authors[author] as string);
}

function conversationsOf(
  { columns, tags }: EventLists,
  { isKept, published }: PoolChoice,
  authors: readonly string[],
): readonly (readonly [string, string])[] {
  return authors.flatMap((recipient) => {
    const writers = new Set<number>();
    tags.each('p', recipient, (number) => {
      const counts = number < published && columns.kindOf(number) === NOTE && isKept(number);
      if (counts) writers.add(columns.authorOf(number));
    });
    return [...writers].map((author) => [authors[author] as string, recipient] as const);
  });
}

function newestOf(times_s: readonly number[]): readonly number[] {
  const sorted = [...times_s].sort((a, b) => b - a);
  return sorted.slice(0, Math.ceil(sorted.length * RECENT_SHARE));
}

/** Whether one of the first `published` events has that tag and is not ended by any other. */
function isTagged(
  { columns, tags }: EventLists,
  { isKept, published }: PoolChoice,
  {
    letter,
    value,
    kind,
  }: { readonly letter: string; readonly value: string; readonly kind: number | undefined },
): boolean {
  let isFound = false;
  tags.each(letter, value, (number) => {
    isFound ||=
      number < published && (kind === undefined || columns.kindOf(number) === kind) && isKept(number);
  });
  return isFound;
}

/** At most `max` elements, evenly spread. */
function spread<T>(list: readonly T[], max: number): readonly T[] {
  if (list.length <= max) return list;
  return Array.from({ length: max }, (_, i) => list[Math.floor((i * list.length) / max)] as T);
}
