import type { NostrEvent } from '../../nostr/event.ts';
import { type Filter, FilterMatcher } from '../../nostr/filter.ts';
import { compareNewestFirst, DELETION_KIND, kindClass } from '../../nostr/kinds.ts';
import type { CorpusIndex } from './corpus-index.ts';

/**
 * What is wrong with an answer, the first that is found:
 * - `malformed`: something in it is no event
 * - `no-match`: an event that the filter does not ask for
 * - `repeated`: the same event twice
 * - `order`: not the newest first, or of the same second not the lowest id first
 * - `over-limit`: more than the limit
 * - `deleted`: an event whose author has deleted it (NIP-09)
 * - `superseded`: a version of which there is a newer one (NIP-01)
 * - `missing`: an event that belongs into it is not there
 */
export type AnswerFault =
  | 'malformed'
  | 'no-match'
  | 'repeated'
  | 'order'
  | 'over-limit'
  | 'deleted'
  | 'superseded'
  | 'missing';

/** What was known of the relay's state while it answered. Numbers are those of the corpus. */
export interface Knowledge {
  /** All events below were acknowledged in good time before the question, except those that {@link failed} names. */
  readonly certainBelow: number;
  /** No event from here on had been sent when the answer was complete. */
  readonly sentBelow: number;
  /** Whether the relay had no events of the corpus before this run. */
  readonly isFresh: boolean;
  /** Events that were refused or never acknowledged: nobody knows whether the relay has them. */
  readonly failed: ReadonlySet<number>;
  /** Whether the relay that was asked has been sent all events, not a part of them. */
  readonly isComplete: boolean;
}

/** An answer in the order in which it came; null stands for something that was no event. */
export type Answer = readonly (NostrEvent | null)[];

/**
 * Whether an answer can be right. Events under way while the relay answered may or may not be in it, nothing else is
 * left open: with nothing under way there is one right answer. Events that the corpus does not know are another client's
 * and count by what they say of themselves.
 */
export function checkAnswer(
  index: CorpusIndex,
  filter: Filter,
  answer: Answer,
  knowledge: Knowledge,
): AnswerFault | null {
  const events = answer.filter((event) => event !== null);
  if (events.length < answer.length) return 'malformed';
  const matcher = new FilterMatcher(filter);
  if (events.some((event) => !matcher.matches(event))) return 'no-match';
  const check = new Check(index, knowledge);
  return (
    formFault(
      events.filter(({ id }) => check.isSettled(index.numberOf(id))),
      filter,
    ) ??
    check.staleFault(events) ??
    (knowledge.isComplete && check.isIncomplete(events, filter) ? 'missing' : null)
  );
}

/** Events that were just published may have come live, between the others, and again. */
function formFault(events: readonly NostrEvent[], { limit = Number.POSITIVE_INFINITY }: Filter) {
  if (new Set(events.map(({ id }) => id)).size < events.length) return 'repeated';
  const isOrdered = events.every((event, at) => {
    const before = events[at - 1];
    return before === undefined || compareNewestFirst(before, event) < 0;
  });
  if (!isOrdered) return 'order';
  return events.length > limit ? 'over-limit' : null;
}

class Check {
  readonly #index: CorpusIndex;
  readonly #known: Knowledge;
  /** A version may stand that the index knows as removed, and keep others out. */
  readonly #areVersionsInDoubt: boolean;

  constructor(index: CorpusIndex, knowledge: Knowledge) {
    this.#index = index;
    this.#known = knowledge;
    this.#areVersionsInDoubt = [...knowledge.failed].some((number) => leavesVersions(index, number));
  }

  /** Whether the relay had the event long before it was asked. */
  isSettled(number: number): boolean {
    const { certainBelow, failed } = this.#known;
    return number >= 0 && number < certainBelow && !failed.has(number);
  }

  /** The first event that had surely ended. */
  staleFault(events: readonly NostrEvent[]): 'deleted' | 'superseded' | null {
    for (const { id, kind } of events) {
      const number = this.#index.numberOf(id);
      if (number < 0 || kindClass(kind) === 'ephemeral' || !this.#hasEnded(number)) continue;
      return this.#index.kindOf(this.#index.endOf(number)) === DELETION_KIND ? 'deleted' : 'superseded';
    }
    return null;
  }

  /** Whether an event that surely belongs into the answer is not in it. */
  isIncomplete(events: readonly NostrEvent[], filter: Filter): boolean {
    if (filter.limit === 0) return false;
    const ids = new Set(events.map(({ id }) => id));
    const last = lastOf(events, filter);
    for (const number of this.#index.matching(filter)) {
      const event = this.#index.eventAt(number);
      if (last !== null && compareNewestFirst(last, event) < 0) return false;
      if (this.#isThere(number) && !ids.has(event.id)) return true;
    }
    return false;
  }

  #hasEnded(number: number): boolean {
    const end = this.#index.endOf(number);
    // Refused from the start: what stood against it may itself be missing where anything is.
    if (end === number) return this.#known.failed.size === 0 && this.isSettled(number);
    return this.isSettled(end);
  }

  #isThere(number: number): boolean {
    const { isFresh, sentBelow } = this.#known;
    // An earlier run may have published newer versions, which this corpus does not know.
    const isInDoubt = this.#areVersionsInDoubt || !isFresh;
    if (isInDoubt && isReplaced(this.#index.kindOf(number))) return false;
    const end = this.#index.endOf(number);
    // An end that was not sent yet can't have come; unless the relay had it from before.
    const isAlive = end === Number.POSITIVE_INFINITY || (isFresh && end !== number && end >= sentBelow);
    return isAlive && this.isSettled(number) && !this.#index.isWithheld(number);
  }
}

/**
 * Whether the address of an event may hold another version than the index says because this event was refused: a
 * deletion would have removed that version; a version would have replaced it before it was deleted itself.
 */
function leavesVersions(index: CorpusIndex, number: number): boolean {
  const kind = index.kindOf(number);
  return kind === DELETION_KIND || (isReplaced(kind) && index.kindOf(index.endOf(number)) === DELETION_KIND);
}

/** Whether of several events with one address only the newest stays (NIP-01). */
function isReplaced(kind: number): boolean {
  return kindClass(kind) === 'replaceable' || kindClass(kind) === 'addressable';
}

/**
 * Beyond this event a full answer is cut; null where nothing may be cut. Without a limit in the filter a relay has one
 * of its own; what comes before the last event must be there all the same.
 */
function lastOf(events: readonly NostrEvent[], { limit, ids }: Filter): NostrEvent | null {
  return events.length >= (limit ?? ids?.length ?? 1) ? oldestOf(events) : null;
}

function oldestOf(events: readonly NostrEvent[]): NostrEvent | null {
  return events.reduce<NostrEvent | null>(
    (oldest, event) => (oldest === null || compareNewestFirst(oldest, event) < 0 ? event : oldest),
    null,
  );
}
