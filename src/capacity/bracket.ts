/** What a step at one level said: it held every gate, it broke one, or the generator proved nothing. */
export type StepVerdict = 'held' | 'broken' | 'invalid';

/** One step that was carried out. */
export interface Trial {
  /** Arrivals per second or connections. */
  readonly level: number;
  readonly verdict: StepVerdict;
}

/** Steps of one level, by what they said. */
export interface Votes {
  readonly level: number;
  readonly held: number;
  readonly broken: number;
  readonly invalid: number;
}

/** What is known of a level. `open`: as many steps say yes as no, or none says anything yet. */
export type Standing = 'holds' | 'breaks' | 'out-of-reach' | 'open';

/** The limit lies between these levels. */
export interface Bracket {
  /** Highest level that holds; null where none does. */
  readonly low: Votes | null;
  /** Lowest level above it that breaks or is out of the generator's reach; null where none was found. */
  readonly high: Votes | null;
}

/** A level that the generator can't offer in so many steps is out of its reach. */
export const MOST_INVALID = 2;
/** So many steps have to agree before a level counts as an end of the bracket. */
export const CONFIRMED = 2;

/** The steps by level, ascending. */
export function votesOf(trials: readonly Trial[]): readonly Votes[] {
  const byLevel = new Map<number, Votes>();
  for (const { level, verdict } of trials) {
    const before = byLevel.get(level) ?? { level, held: 0, broken: 0, invalid: 0 };
    byLevel.set(level, { ...before, [verdict]: before[verdict] + 1 });
  }
  return [...byLevel.values()].sort((a, b) => a.level - b.level);
}

/**
 * What the steps of a level come to. The majority of those that the generator carried out decides; where it could not,
 * twice, and the others do not agree among themselves, the level is out of its reach: that says nothing of the relay.
 */
export function standingOf({ held, broken, invalid }: Votes): Standing {
  if (invalid >= MOST_INVALID && held < CONFIRMED && broken < CONFIRMED) return 'out-of-reach';
  if (held === broken) return 'open';
  return held > broken ? 'holds' : 'breaks';
}

/** Where the limit lies: a relay that breaks at one level breaks at every higher one. */
export function bracketOf(trials: readonly Trial[]): Bracket {
  const votes = votesOf(trials);
  const high = votes.find((one) => ['breaks', 'out-of-reach'].includes(standingOf(one))) ?? null;
  const below = votes.filter(({ level }) => level < (high?.level ?? Number.POSITIVE_INFINITY));
  return { low: below.findLast((one) => standingOf(one) === 'holds') ?? null, high };
}

/** The limit that steps have shown, in the unit of their levels. */
export interface Limit {
  /** Highest level that held; null where none did. */
  readonly value: number | null;
  /** The limit lies between these two; null where nothing bounds it on that side. */
  readonly low: number | null;
  readonly high: number | null;
  /** No level was shown to break: the relay carries at least this. */
  readonly atLeast: boolean;
  /** Both ends were measured again with the same result. */
  readonly confirmed: boolean;
}

/**
 * What the steps so far say of the limit. A level that nobody can decide, because the generator was late by as much as the
 * gate is missed or held by, is no end: where a higher one breaks, the limit lies below that.
 */
export function limitOf(trials: readonly Trial[]): Limit {
  const { low, high } = bracketOf(trials);
  const broken = votesOf(trials).find((one) => one.level > (low?.level ?? 0) && standingOf(one) === 'breaks');
  return {
    value: low?.level ?? null,
    low: low?.level ?? null,
    high: broken?.level ?? null,
    atLeast: low !== null && broken === undefined,
    confirmed: isConfirmed(low) && (high === null || isConfirmed(high)),
  };
}

/** Whether an end of the bracket was measured often enough. Nothing at all is no end. */
export function isConfirmed(votes: Votes | null): boolean {
  if (votes === null) return false;
  const standing = standingOf(votes);
  if (standing === 'out-of-reach') return true;
  return (standing === 'holds' ? votes.held : votes.broken) >= CONFIRMED;
}
