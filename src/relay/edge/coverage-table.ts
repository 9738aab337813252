import { type Filter, FilterMatcher } from '../../nostr/filter.ts';
import {
  compareNewestFirst,
  DELETION_KIND,
  kindClass,
  type Ordered,
  VANISH_KIND,
} from '../../nostr/kinds.ts';
import { SubscriptionIndex } from '../fanout/subscription-index.ts';
import { filterBytes } from '../limits/filter-memory.ts';
import type { LimitedFilter } from '../store/store.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import { Coverage } from './coverage.ts';
import { conditionsOf, idKey, keyOf } from './coverage-key.ts';
import { HeldEvents } from './held-events.ts';
import { isSound, mayHaveVanished, type Pull } from './pull.ts';

/** A coverage, as it was held before the origin was lost. */
export interface HeldCoverage {
  /** With its range of time; `ids` where it is that of a single event. */
  readonly filter: Filter;
  /** As of {@link CoverageParts}. */
  readonly floor: Ordered | null;
  /** Newest first. */
  readonly events: readonly StoredEvent[];
}

/** A coverage, and what it is kept under. */
interface Entry {
  readonly key: string;
  /** With its range of time. */
  readonly filter: Filter;
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
    const { limit, ...ranged } = filter;
    const last = [...answer].sort(compareNewestFirst).at(-1);
    const floor = answer.length < limit || last === undefined ? null : last;
    const found = this.#cover(pull, { filter: ranged, floor, events: answer });
    return found?.answer(filter, Number.NEGATIVE_INFINITY) ?? null;
  }

  /** What is held, what was asked for last first. */
  held(): HeldCoverage[] {
    return [...this.#entries.values()].reverse().map(({ filter, coverage }) => {
      const { floor, events } = coverage;
      return { filter, floor, events: [...events] };
    });
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
    if (!isSound(pull, [...candidates.values()])) return null;
    for (const event of answer) this.#coverId(event);
    for (const change of pull.changes) {
      this.#obey(change, () => undefined);
      if (isAsked.has(change.id)) this.#coverId(change);
    }
    const present = [...candidates.values()].filter(({ id }) => this.#held.get(id) !== undefined);
    this.#evict();
    return present;
  }

  /**
   * After a gap: nothing is held but what was found true, and no question has been sent.
   * @param pull what the origin has accepted since the gap ended
   * @param confirmed what was asked for last is the last
   */
  startOver(pull: Pull, confirmed: readonly HeldCoverage[]): void {
    for (const entry of [...this.#entries.values()]) this.#drop(entry);
    for (const each of confirmed) this.#restore(pull, each);
    this.end(pull);
    // What was accepted before a question may have gone in the gap: its answer knows.
    for (const { changes } of this.#pulls) changes.length = 0;
  }

  /** Holds a coverage again, unless it can't be believed. */
  #restore(pull: Pull, held: HeldCoverage): void {
    const { ids } = held.filter;
    if (ids === undefined) this.#cover(pull, held);
    else this.coverIds(pull, ids, held.events);
  }

  /** Null where it has to be asked for again. */
  #cover(pull: Pull, { filter, floor, events }: HeldCoverage): Coverage | null {
    if (!isSound(pull, events)) return null;
    const coverage = coverageOf(filter, floor);
    const entry = this.#enter(keyOf(filter), coverage, { filter, conditions: conditionsOf(filter) });
    this.#index.add(coverage, [filter]);
    this.#fill(entry, events);
    for (const change of pull.changes) this.#obey(change, (place) => place(coverage));
    // Something of it may have vanished meanwhile.
    const isHeld = this.#byCoverage.get(coverage) === entry;
    this.#evict();
    return isHeld ? coverage : null;
  }

  #coverId(event: StoredEvent): void {
    const filter: Filter = { ids: [event.id] };
    const coverage = coverageOf(filter, null);
    this.#fill(this.#enter(idKey(event.id), coverage, { filter, conditions: null }), [event]);
  }

  #enter(key: string, coverage: Coverage, { filter, conditions }: EntryFilters): Entry {
    const before = this.#entries.get(key);
    if (before !== undefined) this.#drop(before);
    const conditionsKey = conditions === null ? null : keyOf(conditions);
    const bytes = ENTRY_BYTES + filterBytes([filter]);
    const matcher = new FilterMatcher(filter);
    const entry: Entry = { key, filter, conditionsKey, coverage, matcher, bytes };
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

/** What is covered; of a single id, which is found by that alone, without conditions. */
interface EntryFilters {
  readonly filter: Filter;
  readonly conditions: Filter | null;
}

function coverageOf(
  { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY }: Filter,
  floor: Ordered | null,
): Coverage {
  return new Coverage({ since, until, floor });
}
