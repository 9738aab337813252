import type { NostrEvent } from '../nostr/event.ts';
import type { Filter } from '../nostr/filter.ts';
import { compareNewestFirst, DELETION_KIND, type Ordered } from '../nostr/kinds.ts';
import { type Advertised, fullAnswer } from './advertised.ts';
import type { KnownEvent } from './known-events.ts';
import type { StateOfRelay } from './state-of-relay.ts';

/** What an answer lacks. */
export interface Missing {
  /** Events that surely belong into it, requests for deletion apart. */
  readonly events: readonly KnownEvent[];
  /** Whether requests for deletion are not there although they were acknowledged: NIP-09 says SHOULD. */
  readonly areDeletionsMissing: boolean;
  /** Whether a relay that returns at most so many events could have answered so. */
  readonly mayBeCap: boolean;
}

const NOTHING: Missing = { events: [], areDeletionsMissing: false, mayBeCap: false };

/**
 * What surely belongs into an answer and is not in it. A full answer is cut behind its oldest event: with as many as
 * the limit, or the relay's own limit (NIP-11), whatever is older may be left out. Without any limit which events a
 * relay leaves out is its own affair; that it leaves out some must then be explained by a cap. A deletion or a newer
 * version that comes while the answer is gathered takes one event out of it, and a relay may leave out what was deleted
 * after it has applied the limit (NIP-01: returning fewer is acceptable).
 */
export function findMissing(
  state: StateOfRelay,
  events: readonly NostrEvent[],
  filter: Filter,
  advertised: Advertised,
): Missing {
  if (filter.limit === 0) return NOTHING;
  const full = fullAnswer(filter, advertised);
  const came = [...new Map(events.map((event) => [event.id, event])).values()];
  const isFull = full !== null && came.length >= full;
  // Without a limit NIP-01 prescribes no order, so that it does not say what a relay's own limit cuts off.
  if (isFull && filter.limit === undefined) return NOTHING;
  const settled = came.filter(({ id }) => state.isSettled(state.known.numberOf(id)));
  const oldest = oldestStored(settled, came);
  const last = isFull ? oldestOf(perhapsStored(came, settled, full)) : full === null ? oldest : null;
  const all = lackingUpTo(state, came, filter, last);
  const lacking = all.filter(({ kind }) => kind !== DELETION_KIND);
  const areDeletionsMissing = lacking.length < all.length;
  const isWithoutGap = lacking.every((event) => oldest === null || compareNewestFirst(oldest, event) < 0);
  const [first] = lacking;
  if (first === undefined) return { ...NOTHING, areDeletionsMissing };
  const isExcused =
    !isFull && full !== null && isWithoutGap && came.length + state.lostBefore(filter, first) >= full;
  if (isExcused) return { ...NOTHING, areDeletionsMissing };
  const mayBeCap = oldest !== null && (filter.limit === undefined || isWithoutGap);
  return { events: lacking, areDeletionsMissing, mayBeCap };
}

/**
 * The stored events of a full answer, at its best: those that can't have come live, and of the others the newest. Others
 * may be as old as they like, where they came live.
 */
function perhapsStored(
  came: readonly NostrEvent[],
  settled: readonly NostrEvent[],
  full: number,
): readonly NostrEvent[] {
  const others = came.filter((event) => !settled.includes(event)).sort(compareNewestFirst);
  return [...settled, ...others.slice(0, Math.max(0, full - settled.length))];
}

/** @param last older events than this one may be left out; null where none may */
function lackingUpTo(
  state: StateOfRelay,
  events: readonly NostrEvent[],
  filter: Filter,
  last: Ordered | null,
): KnownEvent[] {
  const ids = new Set(events.map(({ id }) => id));
  const lacking: KnownEvent[] = [];
  for (const number of state.known.matching(filter)) {
    const event = state.known.eventAt(number);
    if (last !== null && compareNewestFirst(last, event) < 0) break;
    if (state.isThere(number) && !ids.has(event.id)) lacking.push(event);
  }
  return lacking;
}

/** The oldest that surely was stored; where none was, all but the newest may have come live: the relay at its best. */
function oldestStored(settled: readonly NostrEvent[], came: readonly NostrEvent[]): NostrEvent | null {
  return oldestOf(settled) ?? came.toSorted(compareNewestFirst)[0] ?? null;
}

function oldestOf(events: readonly NostrEvent[]): NostrEvent | null {
  return events.reduce<NostrEvent | null>(
    (oldest, event) => (oldest === null || compareNewestFirst(oldest, event) < 0 ? event : oldest),
    null,
  );
}
