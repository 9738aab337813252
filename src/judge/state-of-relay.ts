import type { Filter } from '../nostr/filter.ts';
import { compareNewestFirst, DELETION_KIND, hasVersions, type Ordered } from '../nostr/kinds.ts';
import { disclaimsDeletion } from './advertised.ts';
import type { Knowledge } from './knowledge.ts';
import type { KnownEvents } from './known-events.ts';

/** What a relay surely has, and what it surely has no more, as far as the run can know. */
export class StateOfRelay {
  readonly known: KnownEvents;
  readonly #knowledge: Knowledge;
  /** Whether a version may stand that the run knows as removed, and keep others out. */
  readonly #areVersionsInDoubt: boolean;
  #deleting: ReadonlySet<string> | null = null;

  constructor(known: KnownEvents, knowledge: Knowledge) {
    this.known = known;
    this.#knowledge = knowledge;
    this.#areVersionsInDoubt =
      // An earlier run may have published newer versions, which this corpus does not know.
      !knowledge.isFresh ||
      disclaimsDeletion(knowledge.advertised) ||
      [...knowledge.failed].some((number) => leavesVersions(known, number));
  }

  /** Whether the relay had the event long before it was asked, so that it can't have come live. */
  isSettled(number: number): boolean {
    const { certainBelow, failed } = this.#knowledge;
    return number >= 0 && number < certainBelow && !failed.has(number);
  }

  /** Whether something has surely deleted or replaced the event. */
  hasEnded(number: number): boolean {
    const end = this.known.endOf(number);
    // Refused from the start: what stood against it may itself be missing where anything is.
    if (end === number) return this.#knowledge.failed.size === 0 && this.isSettled(number);
    return this.isSettled(end);
  }

  /** Whether the event surely is there, and for everyone. */
  isThere(number: number): boolean {
    if (hasVersions(this.known.kindOf(number)) && this.#isKeptOut(number)) return false;
    const { isFresh, sentBelow } = this.#knowledge;
    const end = this.known.endOf(number);
    // An end that was not sent yet can't have come; unless the relay had it from before.
    const isAlive = end === Number.POSITIVE_INFINITY || (isFresh && end !== number && end >= sentBelow);
    return isAlive && this.isSettled(number) && !this.known.isWithheld(number);
  }

  /** Whether a version that a deletion would have removed may stand in the place of this one. */
  #isKeptOut(number: number): boolean {
    this.#deleting ??= this.#authorsDeleting();
    return this.#areVersionsInDoubt || this.#deleting.has(this.known.eventAt(number).pubkey);
  }

  /** Authors whose requests for deletion are under way: nobody knows whether they have come. */
  #authorsDeleting(): ReadonlySet<string> {
    const { certainBelow, sentBelow } = this.#knowledge;
    const authors = new Set<string>();
    for (let number = certainBelow; number < sentBelow; number++) {
      if (this.known.kindOf(number) === DELETION_KIND) authors.add(this.known.eventAt(number).pubkey);
    }
    return authors;
  }

  /**
   * How many of the events that match an answer may have lost: those that were perhaps deleted or replaced while it was
   * gathered, and deleted ones newer than `first`, which a relay may leave out only after it has applied the limit. What
   * it refused may have been deleted by an earlier run.
   */
  lostBefore(filter: Filter, first: Ordered): number {
    const { certainBelow, sentBelow } = this.#knowledge;
    let count = 0;
    for (const number of this.known.matching(filter)) {
      const end = this.known.endOf(number);
      const isEndingNow = end !== number && end >= certainBelow && end < sentBelow;
      const isInFront = compareNewestFirst(this.known.eventAt(number), first) < 0;
      if (isEndingNow || (isInFront && this.#mayBeDeleted(number))) count++;
    }
    return count;
  }

  #mayBeDeleted(number: number): boolean {
    const { failed, sentBelow } = this.#knowledge;
    const end = this.known.endOf(number);
    if (failed.has(number)) return true;
    return end !== number && end < sentBelow && this.known.kindOf(end) === DELETION_KIND;
  }
}

/**
 * Whether the address of an event may hold another version than the run knows because this event was refused: a
 * deletion would have removed that version; a version would have replaced it before it was deleted itself.
 */
function leavesVersions(known: KnownEvents, number: number): boolean {
  const kind = known.kindOf(number);
  return kind === DELETION_KIND || (hasVersions(kind) && known.kindOf(known.endOf(number)) === DELETION_KIND);
}
