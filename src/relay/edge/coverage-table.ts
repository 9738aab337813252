import { type Filter, FilterMatcher } from '../../nostr/filter.ts';
import { compareNewestFirst, DELETION_KIND, kindClass, VANISH_KIND } from '../../nostr/kinds.ts';
import { SubscriptionIndex } from '../fanout/subscription-index.ts';
import { filterBytes } from '../limits/filter-memory.ts';
import type { LimitedFilter } from '../store/store.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import { ownersOf } from '../store/tombstones.ts';
import { Coverage } from './coverage.ts';
import { conditionsOf, keyOf } from './coverage-key.ts';
import { HeldEvents } from './held-events.ts';

/** A question to the origin that is under way, and what the origin has accepted meanwhile. */
export interface Pull {
  readonly changes: StoredEvent[];
  /** Its answer may not be believed. */
  isDoubtful: boolean;
}

/** A coverage, and what it is kept under. */
interface Entry {
  readonly key: string;
  /** Of its conditions; null where it is that of a single id. */
  readonly conditionsKey: string | null;
  readonly coverage: Coverage;
  readonly matcher: FilterMatcher;
  readonly bytes: number;
}

/** What a coverage takes besides its filter and its events. */
const ENTRY_BYTES = 500;
/** Coverages of equal conditions and different ranges of time, which are looked through one by one. */
const RANGES_MAX = 16;

/**
 * What an edge holds of its origin: coverages, kept true by everything that the origin accepts. Beyond its limit of memory
 * those go that were not asked for longest.
 */
export class CoverageTable {
  readonly #limitBytes: number;
  readonly #held = new HeldEvents();
  /** The one that was used last is the last. */
  readonly #entries = new Map<string, Entry>();
  readonly #byCoverage = new Map<Coverage, Entry>();
  readonly #byConditions = new Map<string, Set<Entry>>();
  readonly #index = new SubscriptionIndex<Coverage>();
  readonly #pulls = new Set<Pull>();
  #entryBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Events that are held. */
  get size(): number {
    return this.#held.size;
  }

  /** Filters and ids that are covered. */
  get coverages(): number {
    return this.#entries.size;
  }

  /** Estimated bytes of everything. */
  get bytes(): number {
    return this.#held.bytes + this.#entryBytes;
  }

  /** The answer to a filter without `ids` and `search`; null where it is not covered. */
  find(filter: LimitedFilter, nowSeconds: number): readonly StoredEvent[] | null {
    for (const entry of this.#byConditions.get(keyOf(conditionsOf(filter))) ?? []) {
      const answer = entry.coverage.answer(filter, nowSeconds);
      if (answer === null) continue;
      this.#touch(entry);
      return answer;
    }
    return null;
  }

  /** An event that is held, for whichever filter. */
  event(id: string): StoredEvent | undefined {
    const event = this.#held.get(id);
    const entry = this.#entries.get(idKey(id));
    if (entry !== undefined) this.#touch(entry);
    return event;
  }

  /** A question is about to be sent to the origin. */
  begin(): Pull {
    const pull: Pull = { changes: [], isDoubtful: false };
    this.#pulls.add(pull);
    return pull;
  }

  /** A question to the origin is over, whatever became of it. */
  end(pull: Pull): void {
    this.#pulls.delete(pull);
  }

  /** The origin has accepted an event. */
  apply(event: StoredEvent): void {
    if (kindClass(event.kind) === 'ephemeral') return;
    for (const { changes } of this.#pulls) changes.push(event);
    this.#obey(event, (place) => this.#index.forEachMatch(event, place));
    this.#evict();
  }

  /** Whether an event is there is not known: what it may belong into is asked for again. */
  doubt(event: StoredEvent): void {
    for (const pull of this.#pulls) pull.isDoubtful = true;
    const doubtful: Coverage[] = [];
    this.#index.forEachMatch(event, (coverage) => doubtful.push(coverage));
    for (const coverage of doubtful) this.#dropCoverage(coverage);
  }

  /**
   * Covers a filter by the answer of the origin and what it has accepted since it was asked.
   * @returns the answer as it is now; null where it has to be asked for again
   */
  cover(pull: Pull, filter: LimitedFilter, answer: readonly StoredEvent[]): readonly StoredEvent[] | null {
    if (pull.isDoubtful || isVanishing(pull, answer)) return null;
    const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY, limit } = filter;
    const conditions = conditionsOf(filter);
    const last = [...answer].sort(compareNewestFirst).at(-1);
    const floor = answer.length < limit || last === undefined ? null : last;
    const coverage = new Coverage({ since, until, floor });
    const { limit: _limit, ...ranged } = filter;
    const entry = this.#enter(keyOf(ranged), coverage, { filter: ranged, conditions });
    this.#index.add(coverage, [ranged]);
    this.#fill(entry, answer);
    this.#replay(pull, entry);
    // Something of it may have vanished meanwhile.
    if (this.#byCoverage.get(coverage) !== entry) return null;
    const found = coverage.answer(filter, Number.NEGATIVE_INFINITY);
    this.#evict();
    return found;
  }

  /**
   * Keeps events that were asked for by their ids, and those of them that the origin has accepted since.
   * @returns those that are there now; null where they have to be asked for again
   */
  coverIds(
    pull: Pull,
    ids: readonly string[],
    answer: readonly StoredEvent[],
  ): readonly StoredEvent[] | null {
    const isAsked = new Set(ids);
    const accepted = pull.changes.filter(({ id }) => isAsked.has(id));
    const candidates = new Map([...answer, ...accepted].map((event) => [event.id, event]));
    if (pull.isDoubtful || isVanishing(pull, [...candidates.values()])) return null;
    for (const event of answer) this.#coverId(event);
    for (const change of pull.changes) {
      this.#obey(change, () => undefined);
      if (isAsked.has(change.id)) this.#coverId(change);
    }
    const present = [...candidates.values()].filter(({ id }) => this.#held.get(id) !== undefined);
    this.#evict();
    return present;
  }

  /** Nothing of what is held may be believed any more. */
  clear(): void {
    for (const entry of [...this.#entries.values()]) this.#drop(entry);
  }

  #coverId(event: StoredEvent): void {
    const filter: Filter = { ids: [event.id] };
    const coverage = new Coverage({
      since: Number.NEGATIVE_INFINITY,
      until: Number.POSITIVE_INFINITY,
      floor: null,
    });
    this.#fill(this.#enter(idKey(event.id), coverage, { filter, conditions: null }), [event]);
  }

  #enter(key: string, coverage: Coverage, { filter, conditions }: EntryFilters): Entry {
    const before = this.#entries.get(key);
    if (before !== undefined) this.#drop(before);
    const conditionsKey = conditions === null ? null : keyOf(conditions);
    const bytes = ENTRY_BYTES + filterBytes([filter]);
    const entry: Entry = { key, conditionsKey, coverage, matcher: new FilterMatcher(filter), bytes };
    this.#entries.set(key, entry);
    this.#byCoverage.set(coverage, entry);
    this.#entryBytes += bytes;
    if (conditionsKey !== null) this.#listUnder(conditionsKey, entry);
    return entry;
  }

  #listUnder(conditionsKey: string, entry: Entry): void {
    const ranges = this.#byConditions.get(conditionsKey) ?? new Set<Entry>();
    this.#byConditions.set(conditionsKey, ranges.add(entry));
    const [first] = ranges;
    if (ranges.size > RANGES_MAX && first !== undefined) this.#drop(first);
  }

  /** Puts an answer into a coverage; where a newer version is known, that. */
  #fill(entry: Entry, answer: readonly StoredEvent[]): void {
    for (const event of answer) {
      const newer = this.#held.replace(event) ? this.#held.version(event.address ?? '') : undefined;
      this.#place(newer ?? event, entry);
    }
  }

  #replay({ changes }: Pull, entry: Entry): void {
    for (const change of changes) this.#obey(change, (place) => place(entry.coverage));
  }

  #place(event: StoredEvent, { coverage, matcher }: Entry): void {
    if (coverage.reachesTo(event) && matcher.matches(event)) this.#held.place(event, coverage);
  }

  /** @param forEach calls back for the coverages that the event may belong into */
  #obey(event: StoredEvent, forEach: (place: (coverage: Coverage) => void) => void): void {
    if (this.#held.replace(event)) return;
    if (event.kind === DELETION_KIND) this.#held.obey(event);
    if (event.kind === VANISH_KIND) this.#distrust(event);
    forEach((coverage) => {
      const entry = this.#byCoverage.get(coverage);
      if (entry !== undefined) this.#place(event, entry);
    });
  }

  /** Whether the origin has obeyed a request to vanish (NIP-62) is not known: what may have gone is asked for again. */
  #distrust(request: StoredEvent): void {
    for (const coverage of this.#held.holdersOf((event) => mayHaveVanished(event, request))) {
      this.#dropCoverage(coverage);
    }
  }

  #dropCoverage(coverage: Coverage): void {
    const entry = this.#byCoverage.get(coverage);
    if (entry !== undefined) this.#drop(entry);
  }

  #touch(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#entries.set(entry.key, entry);
  }

  #drop(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#byCoverage.delete(entry.coverage);
    this.#entryBytes -= entry.bytes;
    this.#index.remove(entry.coverage);
    this.#held.release(entry.coverage);
    const ranges = entry.conditionsKey === null ? undefined : this.#byConditions.get(entry.conditionsKey);
    ranges?.delete(entry);
    if (ranges?.size === 0) this.#byConditions.delete(entry.conditionsKey ?? '');
  }

  #evict(): void {
    for (const entry of this.#entries.values()) {
      if (this.bytes <= this.#limitBytes) return;
      this.#drop(entry);
    }
  }
}

/** What is covered. */
interface EntryFilters {
  readonly filter: Filter;
  /** Null for a single id, which is found by that alone. */
  readonly conditions: Filter | null;
}

function idKey(id: string): string {
  return `id ${id}`;
}

function mayHaveVanished(event: StoredEvent, request: StoredEvent): boolean {
  return (
    event.kind !== VANISH_KIND &&
    event.created_at <= request.created_at &&
    ownersOf(event).includes(request.pubkey)
  );
}

/** Whether a request to vanish has come while an answer was read that holds what it may have removed. */
function isVanishing({ changes }: Pull, answer: readonly StoredEvent[]): boolean {
  return changes.some(
    (change) => change.kind === VANISH_KIND && answer.some((event) => mayHaveVanished(event, change)),
  );
}
