import type { NostrEvent } from '../../nostr/event.ts';
import type { Filter } from '../../nostr/filter.ts';
import type { CorpusEvent } from '../files/open-corpus.ts';
import { type Condition, conditionsOf, setOf } from './conditions.ts';
import { type CorpusPools, poolsOf } from './corpus-pools.ts';
import { CorpusWords } from './corpus-words.ts';
import { EventColumns } from './event-columns.ts';
import { PostingLists } from './posting-lists.ts';
import { type Earlier, Survival } from './survival.ts';
import { TagIndex } from './tag-index.ts';
import { Withheld } from './withheld.ts';

/**
 * The events of a corpus in the order of their publication, so that the right answer to a filter is known: ids, order
 * and count, after all events or after the first so many. Rules: NIP-01 (matching, order, replacement, ephemeral
 * events) and NIP-09 (deletion). A relay may rightly answer less where it serves direct messages and gift wraps to
 * their recipients only (NIP-17, NIP-59), or limits more than the filter does. About 300 bytes an event of profile
 * `social`.
 */
export class CorpusIndex {
  readonly #lists = { columns: new EventColumns(), tags: new TagIndex(), byAuthor: new PostingLists() };
  readonly #survival = new Survival(this.#lists.columns);
  readonly #withheld = new Withheld();
  readonly #words = new CorpusWords();
  /** All event numbers in the order of query results; made when it is needed. */
  #order: Uint32Array | null = null;

  /** Reads a corpus to its end, or its first `maxEvents` events. */
  static async build(
    batches: AsyncIterable<readonly CorpusEvent[]>,
    maxEvents = Number.POSITIVE_INFINITY,
  ): Promise<CorpusIndex> {
    const index = new CorpusIndex();
    for await (const batch of batches) {
      for (const { event } of batch) {
        if (index.size >= maxEvents) return index;
        index.add(event);
      }
    }
    return index;
  }

  /** Events so far; an event that comes a second time is not counted. */
  get size(): number {
    return this.#lists.columns.size;
  }

  /** Adds the next event. */
  add(event: NostrEvent): void {
    const number = this.size;
    const { columns, byAuthor, tags } = this.#lists;
    if (!columns.add(event)) return;
    byAuthor.add(columns.authorOf(number), number);
    tags.add(number, event.tags);
    this.#survival.add(number, event);
    this.#withheld.add(number, event);
    this.#words.add(number, event);
    this.#order = null;
  }

  /** Whether a relay that was sent the first `published` events has that one. */
  isStored(id: string, published = this.size): boolean {
    const number = this.#lists.columns.numberOf(id);
    return number >= 0 && this.#survival.isStored(number, published);
  }

  /** The number of the event with that id, from 0 in the order of publication; −1 where there is none. */
  numberOf(id: string): number {
    return this.#lists.columns.numberOf(id);
  }

  kindOf(number: number): number {
    return this.#lists.columns.kindOf(number);
  }

  eventAt(number: number): Earlier {
    return this.#lists.columns.eventAt(number);
  }

  /** Which event deletes or replaces this one; its own number where it is never stored, Infinity where none does. */
  endOf(number: number): number {
    return this.#survival.endOf(number);
  }

  /** Whether a relay may rightly not answer with that event although it has it. */
  isWithheld(number: number): boolean {
    return this.#withheld.has(number, this.eventAt(number).pubkey);
  }

  /**
   * The ids of the right answer to a filter, in their order, at most `limit` of them.
   * @param published how many events, from the first, the relay has been sent
   */
  answer(filter: Filter, published = this.size): string[] {
    const ids: string[] = [];
    const limit = filter.limit ?? Number.POSITIVE_INFINITY;
    for (const number of this.#matches(filter, published)) {
      if (ids.length >= limit) break;
      ids.push(this.#lists.columns.idOf(number));
    }
    return ids;
  }

  /** How many events match a filter, whatever its limit (NIP-45). */
  count(filter: Filter, published = this.size): number {
    let count = 0;
    for (const _ of this.#matches(filter, published)) count++;
    return count;
  }

  /**
   * Values to draw filters from, at most `max` of each sort, evenly spread.
   * @param published of the first so many events; ids are of those that nothing ends later either
   */
  pools(max = 10_000, published = this.size): CorpusPools {
    const isKept = (number: number): boolean => this.#survival.isStored(number, this.size);
    return poolsOf(this.#lists, this.#words, { isKept, published: Math.min(published, this.size), max });
  }

  /** The numbers of the events that match and are stored, in order. */
  *#matches(filter: Filter, published: number): Generator<number> {
    for (const number of this.matching(filter)) {
      if (this.#survival.isStored(number, published)) yield number;
    }
  }

  /** The numbers of all events that match, whether or not they are still stored, in the order of query results. */
  *matching(filter: Filter): Generator<number> {
    const conditions = conditionsOf(filter, this.#lists);
    const rarest = rarestOf(conditions);
    const others = conditions.filter((condition) => condition !== rarest);
    const isMatch = (number: number): boolean => others.every(({ holds }) => holds(number));
    if (rarest?.list === undefined) {
      for (const number of this.#allInOrder()) if (isMatch(number)) yield number;
      return;
    }
    const matches = [...setOf(rarest.list.each)].filter(isMatch);
    yield* matches.sort((a, b) => this.#lists.columns.compare(a, b));
  }

  #allInOrder(): Uint32Array {
    const { columns } = this.#lists;
    this.#order ??= Uint32Array.from({ length: this.size }, (_, i) => i).sort((a, b) =>
      columns.compare(a, b),
    );
    return this.#order;
  }
}

/** The condition that the fewest events fulfil, of those that have a list of them. */
function rarestOf(conditions: readonly Condition[]): Condition | undefined {
  const length = ({ list }: Condition): number => list?.length ?? 0;
  return conditions.filter(({ list }) => list !== undefined).sort((a, b) => length(a) - length(b))[0];
}
