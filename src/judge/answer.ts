import type { NostrEvent } from '../nostr/event.ts';
import { type Filter, FilterMatcher, matchesFilter } from '../nostr/filter.ts';
import { compareNewestFirst, DELETION_KIND, kindClass } from '../nostr/kinds.ts';
import { type Advertised, disclaimsDeletion } from './advertised.ts';
import type { Knowledge } from './knowledge.ts';
import type { KnownEvents } from './known-events.ts';
import { findMissing } from './missing.ts';
import type { AnswerFault, FindingKind } from './rules.ts';
import { StateOfRelay } from './state-of-relay.ts';

/** An answer in the order in which it came; null stands for something that was no event. */
export type Answer = readonly (NostrEvent | null)[];

/** An event as evidence names it. */
export interface EventRef {
  readonly id: string;
  readonly kind: number;
}

/** What is wrong with an answer, the first that is found, and what shows it. */
export interface WrongAnswer {
  readonly fault: AnswerFault;
  /** What should have come. */
  readonly expected: readonly EventRef[];
  /** What came instead. */
  readonly got: readonly EventRef[];
}

/** The judgement on one answer. */
export interface AnswerJudgement {
  /** Null where the answer can be right. */
  readonly wrong: WrongAnswer | null;
  /**
   * The answer is as short as that of a relay which returns at most so many events and does not say so. Whether that
   * explains it shows only in the other answers; where they refute it, this is what is wrong. Null where it is not short.
   */
  readonly short: WrongAnswer | null;
  /** What is worth knowing and no fault. */
  readonly findings: readonly FindingKind[];
  /** How many stored events the answer had: at least, and at most. What may have come live counts in the second only. */
  readonly stored: { readonly least: number; readonly most: number };
}

type Wrong = WrongAnswer | null;

/**
 * Judges an answer. Events under way while the relay answered may or may not be in it, and may have come live between
 * the stored ones; nothing else is left open: with nothing under way there is one right answer. Events that the run does
 * not know are another client's: they may be live, and count by what they say of themselves. The rules, with the
 * sentences of the NIPs, are in `rules.ts`.
 */
export function judgeAnswer(
  known: KnownEvents,
  filter: Filter,
  answer: Answer,
  knowledge: Knowledge,
): AnswerJudgement {
  const events = answer.filter((event) => event !== null);
  const state = new StateOfRelay(known, knowledge);
  const settled = events.filter(({ id }) => state.isSettled(known.numberOf(id)));
  const stored = { least: settled.length, most: new Set(events.map(({ id }) => id)).size };
  const right = { wrong: null, short: null, findings: [], stored };
  if (events.length < answer.length) return { ...right, wrong: wrongBy('malformed', [], events) };
  const wrong = mismatch(events, filter) ?? formFault(settled, filter);
  if (wrong !== null) return { ...right, wrong };
  const stale = staleFault(state, known, events, filter);
  const findings = limitFindings(settled, stored.most, filter, knowledge.advertised);
  if (stale !== null) {
    if (stale.fault !== 'deleted' || !disclaimsDeletion(knowledge.advertised)) {
      return { ...right, findings, wrong: stale };
    }
    findings.push('deletions-not-applied');
  }
  // What a search finds is the relay's own affair (NIP-50): nothing can be missing.
  if (!knowledge.isComplete || filter.search !== undefined) return { ...right, findings };
  const missing = findMissing(state, events, filter, knowledge.advertised);
  if (missing.areDeletionsMissing) findings.push('deletions-not-kept');
  const lacking = missing.events.length === 0 ? null : wrongBy('missing', missing.events, events);
  return { ...right, findings, ...(missing.mayBeCap ? { short: lacking } : { wrong: lacking }) };
}

/** An event that the filter does not ask for. */
function mismatch(events: readonly NostrEvent[], filter: Filter): Wrong {
  const matcher = new FilterMatcher(filter);
  const others = events.filter((event) => !matcher.matches(event) && !matchesFilter(filter, event));
  return others.length === 0 ? null : wrongBy('no-match', [], others);
}

/** @param events those that can't have come live: the order and the limit are those of stored events (NIP-01) */
function formFault(events: readonly NostrEvent[], { limit, search }: Filter): Wrong {
  const seen = new Set<string>();
  const repeated = events.find(({ id }) => seen.size === seen.add(id).size);
  if (repeated !== undefined) return wrongBy('repeated', [repeated], [repeated, repeated]);
  if (limit === undefined) return null;
  const at = events.findIndex(
    (event, i) => i > 0 && compareNewestFirst(events[i - 1] as NostrEvent, event) >= 0,
  );
  // Results of a search come in the order of their quality, as the relay sees it (NIP-50).
  if (at > 0 && search === undefined) {
    const pair = events.slice(at - 1, at + 1);
    return wrongBy('order', [...pair].reverse(), pair);
  }
  return events.length > limit ? wrongBy('over-limit', events.slice(0, limit), events) : null;
}

/** The first event that had surely ended. A version that is asked for by its id may be kept (NIP-01: MAY be discarded). */
function staleFault(
  state: StateOfRelay,
  known: KnownEvents,
  events: readonly NostrEvent[],
  filter: Filter,
): Wrong {
  for (const event of events) {
    const number = known.numberOf(event.id);
    if (number < 0 || kindClass(event.kind) === 'ephemeral' || !state.hasEnded(number)) continue;
    const end = known.endOf(number);
    if (known.kindOf(end) === DELETION_KIND) return wrongBy('deleted', [known.eventAt(end)], [event]);
    if (filter.ids === undefined) return wrongBy('superseded', [known.eventAt(end)], [event]);
  }
  return null;
}

/** @param came different events of the answer */
function limitFindings(
  settled: readonly NostrEvent[],
  came: number,
  { limit = Number.POSITIVE_INFINITY }: Filter,
  { maxLimit }: Advertised,
): FindingKind[] {
  if (maxLimit === null || maxLimit >= limit) return [];
  if (settled.length > maxLimit) return ['limit-not-enforced'];
  // Of an answer without a limit nobody has asked for more.
  return came === maxLimit && limit < Number.POSITIVE_INFINITY ? ['limit-clipped'] : [];
}

/** Events named in one piece of evidence. */
const MOST_NAMED = 25;

function wrongBy(fault: AnswerFault, expected: readonly EventRef[], got: readonly EventRef[]): WrongAnswer {
  const refs = (events: readonly EventRef[]): EventRef[] =>
    events.slice(0, MOST_NAMED).map(({ id, kind }) => ({ id, kind }));
  return { fault, expected: refs(expected), got: refs(got) };
}
