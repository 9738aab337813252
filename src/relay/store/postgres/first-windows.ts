import { LRUCache } from 'lru-cache';
import { type Filter, tagConditions } from '../../../nostr/filter.ts';
import { FIRST_WINDOW_S } from './events-sql.ts';

/** Sorts of filters that are remembered. */
const SORTS_MAX = 1_000;
/** A window is longer than the last answers took: authors differ. */
const MARGIN = 3;
const LEAST_S = 10;
/** What a busy hour has taught fades: a longer time counts at once, a shorter one in this part. */
const SHORTER_SHARE = 0.2;

/**
 * How long the first window of time is, by the sort of filter: as the last answers to filters of that sort tell, which were full
 * after so many seconds. In the first three hours of a busy relay lie many times the events of a page, and each window is
 * read whole.
 */
export class FirstWindows {
  /** Seconds that an event takes. */
  readonly #pace_s = new LRUCache<string, number>({ max: SORTS_MAX });

  /** Seconds, whole. @param wanted events */
  lengthFor(filter: Filter, wanted: number): number {
    const pace_s = this.#pace_s.get(sortOf(filter));
    if (pace_s === undefined) return FIRST_WINDOW_S;
    return Math.ceil(Math.min(FIRST_WINDOW_S, Math.max(LEAST_S, MARGIN * wanted * pace_s)));
  }

  /** An answer has so many events, which lie within so many seconds. */
  learn(filter: Filter, found: number, within_s: number): void {
    const sort = sortOf(filter);
    const pace_s = found === 0 ? FIRST_WINDOW_S : Math.min(FIRST_WINDOW_S, Math.max(0, within_s) / found);
    const before_s = this.#pace_s.get(sort) ?? pace_s;
    const next_s = pace_s >= before_s ? pace_s : before_s + SHORTER_SHARE * (pace_s - before_s);
    this.#pace_s.set(sort, next_s);
  }
}

/** More kinds than this are told apart by their number alone, so that what is remembered is small. */
const KINDS_MAX = 20;

/** Filters of one sort are as often matched as each other, more or less: the same kinds, and about as many authors and tags. */
function sortOf(filter: Filter): string {
  const { authors = [], kinds = [] } = filter;
  const tags = tagConditions(filter).map(({ name, values }) => `${name}${aboutAsMany(values)}`);
  const which = kinds.length > KINDS_MAX ? `${aboutAsMany(kinds)} kinds` : [...kinds].sort(byNumber).join();
  return [aboutAsMany(authors), which, ...tags].join(' ');
}

function byNumber(a: number, b: number): number {
  return a - b;
}

/** The same number for up to twice as many. */
function aboutAsMany({ length }: readonly unknown[]): number {
  return Math.floor(Math.log2(length + 1));
}
