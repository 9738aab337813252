import { performance } from 'node:perf_hooks';
import pLimit from 'p-limit';
import { type Filter, FilterMatcher } from '../../nostr/filter.ts';
import { compareNewestFirst, type Ordered } from '../../nostr/kinds.ts';
import { NegentropyError } from '../../nostr/negentropy/codec.ts';
import type { Differences } from '../../nostr/nip77.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import { type Conversation, RefusedError, UnansweredError } from './conversation.ts';
import type { HeldCoverage } from './coverage-table.ts';
import { type Ask, readPast } from './read-past.ts';
import { within } from './within.ts';

/** What the information document of an origin says (NIP-11). */
export interface OriginInformation {
  /** The most events that it returns for a filter. */
  readonly maxLimit: number;
  /** Whether it says that it reconciles (NIP-77). */
  readonly reconciles: boolean;
}

export interface CatchUpOptions extends OriginInformation {
  readonly line: Pick<Conversation, 'ask' | 'reconcile'>;
  /** After so many milliseconds nothing more of what is held is looked at. */
  readonly budgetMs: number;
}

/** What was held, held against the origin. */
export interface Comparison {
  /** What may be held again, as the origin has it now; what was asked for last is the last. */
  readonly confirmed: readonly HeldCoverage[];
  /** What the origin has taken since it was held. */
  readonly missed: readonly StoredEvent[];
}

/** One comparison; without `now` it can't be held again. */
interface Compared {
  readonly now: HeldCoverage | null;
  readonly missed: readonly StoredEvent[];
}

/** Below the reconciliations and subscriptions that relays allow on a connection. */
const AT_ONCE = 10;
/** Ids of one filter: a message of 34 KB. */
const IDS_MAX = 500;

/** Finds out what an origin has taken and removed while it could not be heard, over a connection that is subscribed again. */
export class CatchUp {
  readonly #options: CatchUpOptions;
  readonly #limit = pLimit(AT_ONCE);
  /** What is held is looked at until then. */
  #untilMs = Number.POSITIVE_INFINITY;
  #reconciles: boolean;

  constructor(options: CatchUpOptions) {
    this.#options = options;
    this.#reconciles = options.reconciles;
  }

  /**
   * What was made from a second on and is not known; perhaps with some that is.
   * @param known newest first
   * @throws RefusedError, UnansweredError
   */
  async recent(since: number, known: readonly Ordered[]): Promise<readonly StoredEvent[]> {
    const filter = { since };
    const differences = await this.#differences(filter, known);
    const { line, maxLimit } = this.#options;
    const ask: Ask = (each) => line.ask(each);
    if (differences !== null) return await this.#fetch([...differences.need], ask);
    const { events } = await readPast(ask, { filter, maxLimit });
    return events;
  }

  /**
   * Holds what was held against the origin, as far as time allows. To be called once.
   * @param held what was asked for last first
   */
  async compare(held: readonly HeldCoverage[]): Promise<Comparison> {
    this.#untilMs = performance.now() + this.#options.budgetMs;
    const [single, wide] = [held.filter(isSingle), held.filter((each) => !isSingle(each))];
    const all = await Promise.all([
      ...wide.map((each) => this.#inTime(() => this.#compare(each))),
      ...batchesOf(single).map((each) => this.#inTime(() => this.#compareIds(each))),
    ]);
    const compared = all.filter((each) => each !== null);
    return {
      confirmed: compared.flatMap(({ now }) => now ?? []).reverse(),
      missed: compared.flatMap(({ missed }) => missed),
    };
  }

  /** Null where there was no time for it, or no answer. */
  #inTime(compare: () => Promise<Compared | null>): Promise<Compared | null> {
    return this.#limit(async () => {
      const leftMs = this.#untilMs - performance.now();
      return leftMs <= 0 ? null : await within(leftMs, compare().catch(given));
    });
  }

  /** Asks for what is held, while there is time. */
  async #ask(filter: Filter): Promise<readonly StoredEvent[]> {
    if (performance.now() > this.#untilMs) throw new UnansweredError('no time is left');
    return await this.#options.line.ask(filter);
  }

  async #compare(held: HeldCoverage): Promise<Compared> {
    const { filter, floor, events } = held;
    const lowest = Math.max(filter.since ?? Number.NEGATIVE_INFINITY, floor?.created_at ?? 0);
    const asked = floor === null ? filter : { ...filter, since: lowest };
    const differences = await this.#differences(asked, events);
    const matcher = new FilterMatcher(filter);
    const isCovered = (event: StoredEvent): boolean =>
      matcher.matches(event) && (floor === null || compareNewestFirst(event, floor) <= 0);
    if (differences === null) return await this.#askAgain(held, asked, isCovered);
    const missed = (await this.#fetch([...differences.need], (each) => this.#ask(each))).filter(isCovered);
    const kept = events.filter(({ id }) => !differences.have.has(id));
    return { now: { ...held, events: [...kept, ...missed] }, missed };
  }

  /** The same without reconciliation: the whole answer comes again. */
  async #askAgain(
    held: HeldCoverage,
    filter: Filter,
    isCovered: (event: StoredEvent) => boolean,
  ): Promise<Compared> {
    const { maxLimit } = this.#options;
    const { events, isWhole } = await readPast((each) => this.#ask(each), { filter, maxLimit });
    const known = new Set(held.events.map(({ id }) => id));
    const missed = events.filter((event) => !known.has(event.id) && isCovered(event));
    return { now: isWhole ? { ...held, events: events.filter(isCovered) } : null, missed };
  }

  /** Which of single events are gone. To ask for them again would be to fetch them anew: that is done when they are wanted. */
  async #compareIds(held: readonly HeldCoverage[]): Promise<Compared | null> {
    const events = held.flatMap((each) => each.events);
    const filter = { ids: events.map(({ id }) => id) };
    const differences = await this.#differences(filter, [...events].sort(compareNewestFirst));
    if (differences === null) return null;
    const kept = events.filter(({ id }) => !differences.have.has(id));
    return { now: { filter, floor: null, events: kept }, missed: [] };
  }

  /** Null where the origin does not reconcile this. */
  async #differences(filter: Filter, known: readonly Ordered[]): Promise<Differences | null> {
    if (!this.#reconciles) return null;
    try {
      return await this.#options.line.reconcile(filter, known);
    } catch (error) {
      // There is too much of it, or too much at once; another one may go.
      if (error instanceof RefusedError) return null;
      if (!(error instanceof UnansweredError || error instanceof NegentropyError)) throw error;
      this.#reconciles = false;
      return null;
    }
  }

  async #fetch(ids: readonly string[], ask: Ask): Promise<StoredEvent[]> {
    const { maxLimit } = this.#options;
    const size = Math.min(maxLimit, IDS_MAX);
    const found: StoredEvent[] = [];
    for (let from = 0; from < ids.length; from += size) {
      const part = ids.slice(from, from + size);
      found.push(...(await ask({ ids: part, limit: part.length })));
    }
    return found;
  }
}

/** The origin has refused, or did not answer: it is as if nothing had been held. */
function given(error: unknown): null {
  if (error instanceof RefusedError || error instanceof UnansweredError) return null;
  throw error;
}

function isSingle({ filter }: HeldCoverage): boolean {
  return filter.ids !== undefined;
}

function batchesOf(held: readonly HeldCoverage[]): HeldCoverage[][] {
  const batches: HeldCoverage[][] = [];
  for (let from = 0; from < held.length; from += IDS_MAX) batches.push(held.slice(from, from + IDS_MAX));
  return batches;
}
