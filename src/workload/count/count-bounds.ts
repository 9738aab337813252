import type { KnownEvents } from '../../judge/known-events.ts';
import type { Filter } from '../../nostr/filter.ts';
import { DELETION_KIND, kindClass } from '../../nostr/kinds.ts';
import { type CountBounds, UNKNOWN_COUNT } from './judge-count.ts';

/** How many events of a corpus match a filter, before it is known what the relay took. */
export interface CorpusCount {
  /** Stored before the load, of those that nothing deletes or replaces and that are not for their recipients only. */
  readonly lasting: number;
  /** The same, of regular kinds only: no earlier run can have put another version in their place. */
  readonly lastingRegular: number;
  /** All that match, stored or published, whether or not something ends them. */
  readonly all: number;
  /** Whether only events of this corpus can match: the filter names ids of events, or what refers to them. */
  readonly isOwn: boolean;
}

/** What the relay made of the corpus. */
export interface Taken {
  /** Stored events that it refused or never answered. */
  readonly failed: number;
  /** Whether it had some of them before this run. */
  readonly hadSome: boolean;
  /** Whether the relay that is asked was sent all of them. */
  readonly isComplete: boolean;
}

/**
 * Values of these are ids of events, which nobody else's events carry by chance. Authors don't do: corpora of one seed share
 * their keys, and a relay that keeps what another scenario has stored counts that rightly.
 */
const OWN_KEYS: readonly string[] = ['ids', '#e'];

/** Counts in a corpus. @param stored how many of its events, from the first, are stored before the load */
export function countInCorpus(known: KnownEvents, filter: Filter, stored: number): CorpusCount {
  let [lasting, lastingRegular, all] = [0, 0, 0];
  for (const number of known.matching(filter)) {
    all++;
    if (!isLasting(known, number, stored)) continue;
    lasting++;
    if (kindClass(known.kindOf(number)) === 'regular') lastingRegular++;
  }
  return { lasting, lastingRegular, all, isOwn: OWN_KEYS.some((key) => Object.hasOwn(filter, key)) };
}

/** NIP-09 lets a relay forget requests for deletion; direct messages and wraps it may keep to itself. */
function isLasting(known: KnownEvents, number: number, stored: number): boolean {
  const isThere = number < stored && known.endOf(number) === Number.POSITIVE_INFINITY;
  return isThere && !known.isWithheld(number) && known.kindOf(number) !== DELETION_KIND;
}

/**
 * What the relay may answer. Every event that it did not take may be one of those that match, and one that it had before
 * the run may have been replaced or joined by others of the same authors.
 */
export function boundsOf(
  { lasting, lastingRegular, all, isOwn }: CorpusCount,
  { failed, hadSome, isComplete }: Taken,
): CountBounds {
  const sure = hadSome ? lastingRegular : lasting;
  return {
    least: isComplete ? Math.max(0, sure - failed) : 0,
    most: isOwn && !hadSome ? all : Number.POSITIVE_INFINITY,
  };
}

/** Notes that were signed for the run: note n carries the `t` tag of topic n mod topics. */
export interface SignedNotes {
  readonly kind: number;
  /** Stored by all workers together. */
  readonly total: number;
  /** Values of their `t` tags, in the order of the topics. */
  readonly topics: readonly string[];
  /** Whether all notes of this worker were stored, at the one relay that is asked. */
  readonly areStored: boolean;
  /** The notes of this worker are those with n mod count = index. */
  readonly shard: { readonly index: number; readonly count: number };
}

/** How many of those notes match: known of filters by `t` tag or id, each with or without the kind. */
export function boundsOfNotes(notes: SignedNotes, filter: Filter): CountBounds {
  const { kinds, ids, '#t': tags, ...others } = filter;
  const isPlain = Object.keys(others).length === 0 && (ids === undefined) !== (tags === undefined);
  if (!isPlain || kinds?.includes(notes.kind) === false) return UNKNOWN_COUNT;
  if (ids !== undefined) return { least: notes.areStored ? ids.length : 0, most: ids.length };
  const topics = new Set(tags?.map((tag) => notes.topics.indexOf(tag)));
  // A tag of somebody else: the notes of others carry it too.
  return topics.has(-1) ? UNKNOWN_COUNT : boundsOfTopics(notes, topics);
}

function boundsOfTopics(notes: SignedNotes, topics: ReadonlySet<number>): CountBounds {
  const { index, count } = notes.shard;
  let [own, all] = [0, 0];
  for (let note = 0; note < notes.total; note++) {
    if (!topics.has(note % notes.topics.length)) continue;
    all++;
    if (note % count === index) own++;
  }
  return { least: notes.areStored ? own : 0, most: all };
}
