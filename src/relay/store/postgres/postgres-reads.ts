import { type Filter, tagConditions } from '../../../nostr/filter.ts';
import { compareNewestFirst, type Ordered } from '../../../nostr/kinds.ts';
import { CANCELLED } from '../../work/lane.ts';
import { runFor, type Work } from '../../work/work.ts';
import { mergePages } from '../merge-pages.ts';
import { searchAmong } from '../search.ts';
import type { AnswerPage, LimitedFilter } from '../store.ts';
import type { StoredEvent } from '../stored-event.ts';
import { type EventRow, TextEvent } from '../text-event.ts';
import { StoreUnavailableError } from '../unavailable.ts';
import { disjointFilters, widestFilters } from '../widest-filters.ts';
import {
  eventsStatement,
  FIRST_WINDOW_S,
  isCollected,
  nextWindow,
  type Window,
  wholeTime,
} from './events-sql.ts';
import { fewAuthorsStatement, isOfFewAuthors, isTooMuch } from './few-authors.ts';
import type { Asking } from './filter-conditions.ts';
import { countStatement, listStatement, matchesNothing, type Statement } from './filter-sql.ts';
import type { FirstWindows } from './first-windows.ts';
import type { Page, Readers } from './readers.ts';
import { Standing } from './standing.ts';
import { rarityStatement, SAMPLED_MAX } from './tag-rarity.ts';

/** What one answer is read with. */
export interface PostgresReadsParts {
  readonly readers: Readers;
  /** Throws while the database was never reached. */
  readonly requireOpen: () => void;
  readonly asking: Asking;
  /** What earlier questions have taught. */
  readonly firstWindows: FirstWindows;
  /** For whom; its lane is the client whose turns are used. */
  readonly work: Work | undefined;
}

/** A search ranks this many of the newest events that hold its words. */
const SEARCH_MAX = 2_000;
/** Bytes of events that are read of one answer before its reader is waited for, of all its filters together. */
const PAGE_BYTES = 1_024 * 1_024;
const PAGE_BYTES_LEAST = 64 * 1_024;
/** Texts that a search keeps while it ranks; those beyond are read again once they have found their place. */
const RANKED_BYTES_MAX = 4 * 1_024 * 1_024;

function isSearch({ search }: Filter): boolean {
  return search !== undefined;
}

/** The reads of the Postgres store for one question. */
export class PostgresReads {
  readonly #parts: PostgresReadsParts;
  readonly #standing = new Standing();

  constructor(parts: PostgresReadsParts) {
    this.#parts = parts;
  }

  /** See {@link EventStore.pages}. */
  async *pages(asked: readonly LimitedFilter[]): AsyncGenerator<AnswerPage> {
    this.#parts.requireOpen();
    const filters = widestFilters(asked);
    const pageBytes = Math.max(PAGE_BYTES_LEAST, Math.floor(PAGE_BYTES / Math.max(1, filters.length)));
    if (filters.some(isSearch)) {
      yield* this.#ranked(filters, pageBytes);
      return;
    }
    yield* mergePages(filters.map((filter) => this.#matches(filter, filter.limit, pageBytes)));
  }

  /** See {@link EventStore.count}. */
  async count(filters: readonly Filter[]): Promise<number> {
    const { requireOpen, asking } = this.#parts;
    requireOpen();
    const matching = disjointFilters(filters).filter((filter) => !matchesNothing({ ...filter, limit: 1 }));
    if (matching.length === 0) return 0;
    if (matching.some(isSearch)) {
      const ids = new Set<string>();
      const limited = matching.map((filter) => ({ ...filter, limit: SEARCH_MAX }));
      for await (const { events } of this.pages(limited)) for (const { id } of events) ids.add(id);
      return ids.size;
    }
    const [only] = matching;
    const known = matching.length === 1 && only !== undefined ? await this.#withRarity(only) : asking;
    if (known === null) return 0;
    const [row] = await this.#query<[number]>(countStatement(matching, known));
    return row?.[0] ?? 0;
  }

  /** See {@link EventStore.list}. */
  async list(filter: Filter, max: number): Promise<readonly Ordered[] | null> {
    this.#parts.requireOpen();
    const { search: _search, ...rest } = filter;
    const asking = matchesNothing(filter) ? null : await this.#withRarity(rest);
    if (asking === null) return [];
    const limit = Math.min(filter.limit ?? Number.POSITIVE_INFINITY, max + 1);
    const rows = await this.#query<[string, number]>(listStatement(rest, limit, asking));
    return rows.length > max ? null : rows.map(([id, created_at]) => ({ id, created_at }));
  }

  /** Filter by filter, each event once: the order is that of relevance. */
  async *#ranked(filters: readonly LimitedFilter[], pageBytes: number): AsyncGenerator<AnswerPage> {
    const sent = new Set<string>();
    for (const filter of filters) {
      const pages = isSearch(filter)
        ? this.#search(filter, pageBytes)
        : this.#matches(filter, filter.limit, pageBytes);
      for await (const { events, heldBytes } of pages) {
        const fresh = events.filter(({ id }) => sent.size < sent.add(id).size);
        if (fresh.length > 0) yield { events: fresh, heldBytes };
      }
    }
  }

  /** What a search finds, by relevance (NIP-50). */
  async *#search(filter: LimitedFilter, pageBytes: number): AsyncGenerator<AnswerPage> {
    const { search = '', limit } = filter;
    const { work } = this.#parts;
    const found: Ranked[] = [];
    let keptBytes = 0;
    for await (const page of this.#matches(filter, Math.max(limit, SEARCH_MAX), pageBytes)) {
      for (const { event, score } of await runFor(work, searchAmong(page.events, search))) {
        keptBytes += event.json.length;
        found.push({ id: event.id, score, event: keptBytes > RANKED_BYTES_MAX ? null : event });
      }
    }
    // Stable: what is equally relevant stays in the order of its coming, newest first.
    const best = found.sort((a, b) => b.score - a.score).slice(0, limit);
    yield* this.#inPages(best, pageBytes);
  }

  /** The events in their order, those whose text was not kept read again. */
  async *#inPages(ranked: readonly Ranked[], pageBytes: number): AsyncGenerator<AnswerPage> {
    for (let at = 0; at < ranked.length; at += RANKED_AT_ONCE) {
      const part = ranked.slice(at, at + RANKED_AT_ONCE);
      const missing = part.filter(({ event }) => event === null).map(({ id }) => id);
      const read = new Map<string, StoredEvent>();
      if (missing.length > 0) {
        const filter = { ids: missing, limit: missing.length };
        for await (const { events } of this.#matches(filter, missing.length, pageBytes)) {
          for (const event of events) read.set(event.id, event);
        }
      }
      const events = part
        .map(({ id, event }) => event ?? read.get(id))
        .filter((event) => event !== undefined);
      yield pageOf(events);
    }
  }

  /** The newest events that match, whatever the words of a search are worth: in pages, newest first. */
  async *#matches(filter: LimitedFilter, most: number, pageBytes: number): AsyncGenerator<AnswerPage> {
    if (matchesNothing(filter)) return;
    const asking = await this.#withRarity(filter);
    if (asking === null) return;
    if (isOfFewAuthors(filter)) {
      const first = await this.#ask(fewAuthorsStatement(filter, most, asking), pageBytes);
      if (!isTooMuch(first.rows)) {
        yield* this.#window(filter, { window: wholeTime(filter), most, pageBytes, asking }, first);
        return;
      }
    }
    yield* this.#windows(filter, { most, pageBytes, asking });
  }

  /** The same, in as many parts of time as are needed, the newest first. */
  async *#windows(filter: LimitedFilter, options: Omit<WindowOptions, 'window'>): AsyncGenerator<AnswerPage> {
    const { most, asking } = options;
    const { nowSeconds, rarities } = asking;
    const { firstWindows } = this.#parts;
    const first_s = firstWindows.lengthFor(filter, most);
    let [found, foundLast, oldest] = [0, 0, nowSeconds];
    for (let last: Window | null = null; found < most; ) {
      last = nextWindow(filter, nowSeconds, { last, found, foundLast, wanted: most, first_s, rarities });
      if (last === null) break;
      foundLast = 0;
      for await (const page of this.#window(filter, { ...options, window: last, most: most - found })) {
        found += page.events.length;
        foundLast += page.events.length;
        oldest = page.events.at(-1)?.created_at ?? oldest;
        yield page;
      }
    }
    // What does not reach to now, or found nothing where it was not to look far, says nothing of how much there is.
    const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = filter;
    const tells = until >= nowSeconds && (found >= most || since <= nowSeconds - FIRST_WINDOW_S);
    if (tells && isCollected(filter, asking)) firstWindows.learn(filter, found, nowSeconds - oldest);
  }

  /** The matches of a part of time. @param first its first page, where that was read already */
  async *#window(
    filter: LimitedFilter,
    options: WindowOptions,
    first: EventPage | null = null,
  ): AsyncGenerator<AnswerPage> {
    let { window, most } = options;
    let next = first;
    /** Events of the last second that was read in part. */
    let known: ReadonlySet<string> = new Set();
    while (most > 0) {
      const statement = eventsStatement(filter, most + known.size, window, options.asking);
      const page = next ?? (await this.#ask(statement, options.pageBytes));
      next = null;
      // Of what was read in part the rest comes below.
      const { rows, isCut } = known.size > 0 ? page : await this.#completed(filter, options, page);
      // Another server than before may not have what is known.
      const fresh = rows.map((row) => new TextEvent(row)).filter(({ id }) => !known.has(id));
      const events = fresh.slice(0, most);
      most -= events.length;
      if (events.length > 0) yield pageOf(events);
      const oldest = events.at(-1);
      if (!isCut || oldest === undefined) return;
      const second = events.filter(({ created_at }) => created_at === oldest.created_at).map(({ id }) => id);
      known = oldest.created_at === window.until ? new Set([...known, ...second]) : new Set(second);
      window = { since: window.since, until: oldest.created_at };
    }
  }

  /**
   * An answer by id with what a replica did not have: who reads an event that another relay has just acknowledged finds it.
   * While the primary is away the answer of the replica has to do.
   */
  async #completed(
    filter: LimitedFilter,
    { window, most, asking }: WindowOptions,
    page: EventPage,
  ): Promise<EventPage> {
    if (filter.ids === undefined || page.isOfReplica !== true || page.isCut) return page;
    const found = new Set(page.rows.map(([id]) => id));
    const ids = filter.ids.filter((id) => !found.has(id));
    if (ids.length === 0) return page;
    const statement = eventsStatement({ ...filter, ids }, ids.length, window, asking);
    const { readers, work } = this.#parts;
    const missing = await readers.queryPrimary<[...EventRow]>(statement, work).catch(noneWhereAway);
    if (missing.length === 0) return page;
    return { ...page, rows: [...page.rows, ...missing].sort(byRow).slice(0, most) };
  }

  /**
   * Asks, where a filter has several conditions on tags, how rare each is, so that its events are looked for by the rarest.
   * @returns null where nothing can match
   */
  async #withRarity(filter: Filter): Promise<Asking | null> {
    const { asking } = this.#parts;
    const conditions = tagConditions(filter);
    if (conditions.length < 2 || filter.ids !== undefined) return asking;
    const [counts = []] = await this.#query<number[]>(rarityStatement(conditions, filter));
    if (counts.includes(0)) return null;
    const rarities = new Map(conditions.map(({ name }, index) => [name, counts[index] ?? SAMPLED_MAX]));
    return { ...asking, rarities };
  }

  #ask(statement: Statement, maxBytes: number): Promise<EventPage> {
    const { readers, work } = this.#parts;
    if (work?.isCancelled === true) return Promise.reject(CANCELLED);
    return readers.page<[...EventRow]>(statement, maxBytes, work, this.#standing);
  }

  #query<Row extends unknown[]>(statement: Parameters<Readers['query']>[0]): Promise<readonly Row[]> {
    const { readers, work } = this.#parts;
    if (work?.isCancelled === true) return Promise.reject(CANCELLED);
    return readers.query<Row>(statement, work, this.#standing);
  }
}

type EventPage = Page<[...EventRow]>;

/** The order of answers, see `compareNewestFirst`. */
function byRow([id, , createdAt]: EventRow, [otherId, , otherCreatedAt]: EventRow): number {
  return compareNewestFirst({ id, created_at: createdAt }, { id: otherId, created_at: otherCreatedAt });
}

function noneWhereAway(error: unknown): readonly [...EventRow][] {
  if (error instanceof StoreUnavailableError) return [];
  throw error;
}

interface WindowOptions {
  readonly window: Window;
  readonly most: number;
  readonly pageBytes: number;
  readonly asking: Asking;
}

/** A find of a search. */
interface Ranked {
  readonly id: string;
  readonly score: number;
  /** Null where its text is not kept. */
  readonly event: StoredEvent | null;
}

/** Finds of a search that make a page. */
const RANKED_AT_ONCE = 32;

function pageOf(events: readonly StoredEvent[]): AnswerPage {
  return { events, heldBytes: events.reduce((bytes, { json }) => bytes + json.length, 0) };
}
