import {
  type Bracket,
  bracketOf,
  isConfirmed,
  limitOf,
  standingOf,
  type Trial,
  type Votes,
  votesOf,
} from './bracket.ts';

/** Where a search begins and what it is content with. */
export interface SearchOptions {
  /** First level: arrivals per second or connections. */
  readonly start: number;
  /** The ends of the bracket lie no further apart than this share of the lower one. */
  readonly tolerance: number;
  /** No level below this one is tried, and none above that one. */
  readonly least: number;
  readonly most: number;
  /** Levels are whole numbers. */
  readonly whole: boolean;
}

/** Why a level is tried. */
export type StepReason = 'start' | 'double' | 'halve' | 'bisect' | 'repeat' | 'confirm';

/** What a search does next. */
export type Next =
  | { readonly kind: 'try'; readonly level: number; readonly why: StepReason }
  /** `floor`: not even the least level holds; `ceiling`: the highest one does, or the generator can't go on. */
  | { readonly kind: 'done'; readonly why: 'tolerance' | 'floor' | 'ceiling' };

/**
 * What to do after these steps; a pure function of them. Doubling (halving where the first level breaks) until a level that
 * holds and one that does not are known, then bisection, then both ends are measured again: a level is accepted only when
 * two steps agree on it. A step that the generator could not carry out is repeated once and never counts against the relay.
 */
export function nextStep(options: SearchOptions, trials: readonly Trial[]): Next {
  if (trials.length === 0) return tryAt(options.start, 'start');
  const open = votesOf(trials).find((votes) => standingOf(votes) === 'open');
  if (open !== undefined) return tryAt(open.level, 'repeat');
  const bracket = bracketOf(trials);
  return levelToTry(options, bracket) ?? confirmation(bracket) ?? { kind: 'done', why: endOf(trials) };
}

/** A level that was not tried yet; null where the bracket is as narrow as wanted. */
function levelToTry(options: SearchOptions, { low, high }: Bracket): Next | null {
  if (high === null) return upwards(options, low?.level ?? options.start);
  if (low === null) return downwards(options, high.level);
  const between = middle(options, low.level, high.level);
  return between === null ? null : tryAt(between, 'bisect');
}

function upwards({ most }: SearchOptions, from: number): Next | null {
  return from >= most ? null : tryAt(Math.min(most, from * 2), 'double');
}

function downwards({ least, whole }: SearchOptions, from: number): Next | null {
  if (from <= least) return null;
  const half = whole ? Math.floor(from / 2) : rounded(from / 2);
  return tryAt(Math.max(least, half), 'halve');
}

function middle({ tolerance, whole }: SearchOptions, low: number, high: number): number | null {
  if (high - low <= tolerance * low) return null;
  const exact = (low + high) / 2;
  const level = whole ? Math.floor(exact) : rounded(exact);
  return level > low && level < high ? level : null;
}

/** The end of the bracket that only one step speaks for; first the one that holds, because it is the result. */
function confirmation({ low, high }: Bracket): Next | null {
  const ends = [low, high].filter((end): end is Votes => end !== null);
  const open = ends.find((end) => !isConfirmed(end));
  return open === undefined ? null : tryAt(open.level, 'confirm');
}

function endOf(trials: readonly Trial[]): 'tolerance' | 'floor' | 'ceiling' {
  const { low, atLeast } = limitOf(trials);
  if (low === null) return 'floor';
  return atLeast ? 'ceiling' : 'tolerance';
}

function tryAt(level: number, why: StepReason): Next {
  return { kind: 'try', level, why };
}

/** Three significant digits: what stands in the report is what was offered. */
function rounded(level: number): number {
  return Number(level.toPrecision(3));
}

/**
 * About how many steps are left; null while nobody can tell, because no level breaks yet.
 * @returns at least 0
 */
export function stepsLeft(options: SearchOptions, trials: readonly Trial[]): number | null {
  const { low, high } = bracketOf(trials);
  if (low === null || high === null) return null;
  const width = (high.level - low.level) / (options.tolerance * low.level);
  const bisections = width <= 1 ? 0 : Math.ceil(Math.log2(width));
  const confirmations = bisections > 0 ? 2 : [low, high].filter((end) => !isConfirmed(end)).length;
  return bisections + confirmations;
}
