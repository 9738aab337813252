import { RelayBenchError } from '../base/errors.ts';
import { median } from '../base/median.ts';
import { spanOf } from './build.ts';
import {
  type FigureComparison,
  type RelayComparison,
  SUITE_COMPARISON_VERSION,
  type SuiteComparison,
} from './comparison-schema.ts';
import type { Suite, SuiteEntry, SuiteFigure, SuitePartResult } from './schema.ts';
import { signedRankChance } from './signed-rank.ts';
import { quotientOf, type Span } from './span.ts';

/** A suite and what the user calls it. */
export interface NamedSuite {
  readonly name: string;
  readonly suite: Suite;
}

export interface SuiteCompareOptions {
  /** Change up to which single figures count as the same: 0.2 is 20 %. */
  readonly tolerance: number;
  /** Whether suites of different machines may be compared. */
  readonly crossHost: boolean;
}

/** Of a false alarm over all parts of a relay. */
const ALPHA = 0.05;
/**
 * Suites of one relay differ from hour to hour, all parts together, on a shared machine by 5 to 8 %: less than a tenth in
 * the middle of all parts is no change.
 */
const MIN_EFFECT = 0.1;

/**
 * Compares two suites. One run says nothing of how runs differ, but its ten parts are ten runs: a relay is called slower where they
 * agree in that, by signed ranks, and the middle one by more than a tenth. What the machine has become meanwhile is taken
 * out by the reference relay, which either suite has measured in turn. Single figures are hints.
 * @throws RelayBenchError `NOT_COMPARABLE` (exit 2)
 */
export function compareSuites(
  base: NamedSuite,
  candidate: NamedSuite,
  options: SuiteCompareOptions,
): SuiteComparison {
  requireComparable(base, candidate, options);
  const relays = pairsOf(base.suite, candidate.suite).map((pair) =>
    compareRelay({ base, candidate, ...pair, tolerance: options.tolerance }),
  );
  return {
    suiteComparisonVersion: SUITE_COMPARISON_VERSION,
    mode: base.suite.mode,
    relays,
    tolerance: options.tolerance,
    alpha: ALPHA,
    minEffect: MIN_EFFECT,
    verdict: overallOf(relays),
    warnings: [...machineWarnings(base.suite, candidate.suite), ...partWarnings(base.suite, candidate.suite)],
  };
}

function requireComparable(
  { name, suite }: NamedSuite,
  { name: otherName, suite: other }: NamedSuite,
  { crossHost }: SuiteCompareOptions,
): void {
  const machineOf = ({ machine: { cpus, cpuModel } }: Suite): string => `${cpus} × ${cpuModel}`;
  const differences = [
    ...(suite.mode === other.mode ? [] : [`one is ${suite.mode}, the other ${other.mode}`]),
    ...(crossHost || machineOf(suite) === machineOf(other)
      ? []
      : [`another machine: ${machineOf(suite)}, ${machineOf(other)}`]),
    ...(pairsOf(suite, other).length > 0 ? [] : ['they have no relay in common']),
    ...(suite.parts.some((part) => partIn(other, part) !== undefined) ? [] : ['they have no part in common']),
  ];
  if (differences.length === 0) return;
  throw new RelayBenchError(`${name} and ${otherName} can't be compared: ${differences.join('; ')}`, {
    code: 'NOT_COMPARABLE',
    hint: 'compare suites of the same mode and relays; --cross-host allows different machines',
  });
}

/** The same part with the same load and the same events; undefined where there is none. */
function partIn({ parts }: Suite, { id, scenario }: SuitePartResult): SuitePartResult | undefined {
  return parts.find((part) => part.id === id && part.scenario.sha256 === scenario.sha256);
}

interface Pair {
  readonly baseRelay: string;
  readonly candidateRelay: string;
}

/** Relays of one name; one alone in either suite is the same relay whatever it is called. The reference only where nothing else is. */
function pairsOf(base: Suite, candidate: Suite): readonly Pair[] {
  const tested = ({ relays, reference }: Suite): string[] =>
    relays.map(({ name }) => name).filter((name) => name !== reference);
  const [ones, others] = [tested(base), tested(candidate)];
  const [one, other] = [ones[0], others[0]];
  if (one === undefined && other === undefined)
    return [{ baseRelay: base.reference, candidateRelay: candidate.reference }];
  if (ones.length === 1 && others.length === 1 && one !== undefined && other !== undefined)
    return [{ baseRelay: one, candidateRelay: other }];
  return ones
    .filter((name) => others.includes(name))
    .map((name) => ({ baseRelay: name, candidateRelay: name }));
}

interface RelayPair extends Pair {
  readonly base: NamedSuite;
  readonly candidate: NamedSuite;
  readonly tolerance: number;
}

function compareRelay(pair: RelayPair): RelayComparison {
  const { base, candidate, baseRelay, candidateRelay } = pair;
  const referred = baseRelay !== base.suite.reference && candidateRelay !== candidate.suite.reference;
  const figures = base.suite.parts.flatMap((part) => {
    const other = partIn(candidate.suite, part);
    return other === undefined ? [] : compareParts(part, other, { ...pair, referred });
  });
  const slower = slowerByPart(figures);
  return {
    base: sideOf(base, baseRelay),
    candidate: sideOf(candidate, candidateRelay),
    verdict: directionOf(slower),
    parts: slower.length,
    slower: slower.length === 0 ? null : Math.expm1(median(slower)),
    p: slower.length === 0 ? null : signedRankChance(slower),
    referred,
    figures,
  };
}

function sideOf({ name, suite }: NamedSuite, relay: string): RelayComparison['base'] {
  return { name, startedAt: suite.startedAt, relay, tool: suite.tool.version };
}

/** Whether parts agree in a change that is large enough. @param slower on logarithms */
function directionOf(slower: readonly number[]): RelayComparison['verdict'] {
  if (slower.length === 0 || signedRankChance(slower) >= ALPHA) return 'same';
  const middle = median(slower);
  if (Math.abs(middle) <= Math.log1p(MIN_EFFECT)) return 'same';
  return middle > 0 ? 'worse' : 'better';
}

/**
 * Of each part that measures time or throughput how much slower it became, on logarithms, by its first main figure: the p50
 * where it has percentiles. The p95 of a run of seconds differs too much from run to run.
 */
function slowerByPart(figures: readonly FigureComparison[]): number[] {
  const byPart = new Map<string, number>();
  for (const { part, main, unit, direction, ratio } of figures) {
    if (!main || unit === 'bytes' || ratio === null || byPart.has(part)) continue;
    byPart.set(part, Math.log(ratio.value) * (direction === 'lower' ? 1 : -1));
  }
  return [...byPart.values()];
}

type Context = RelayPair & { readonly referred: boolean };

function compareParts(part: SuitePartResult, other: SuitePartResult, context: Context): FigureComparison[] {
  return part.figures.flatMap((figure) => {
    const match = other.figures.find(({ key }) => key === figure.key);
    return match === undefined ? [] : [compareFigure({ part, other, figure, match }, context)];
  });
}

interface Matched {
  readonly part: SuitePartResult;
  readonly other: SuitePartResult;
  readonly figure: SuiteFigure;
  readonly match: SuiteFigure;
}

function compareFigure({ part, other, figure, match }: Matched, context: Context): FigureComparison {
  const { base, candidate, baseRelay, candidateRelay, referred, tolerance } = context;
  const one = soundEntry(part, figure, baseRelay);
  const two = soundEntry(other, match, candidateRelay);
  const ratio = ratioOf({
    one,
    two,
    ...(referred
      ? {
          oneReference: soundEntry(part, figure, base.suite.reference),
          twoReference: soundEntry(other, match, candidate.suite.reference),
        }
      : {}),
  });
  const { key, title, unit, direction, main } = figure;
  return {
    part: part.id,
    ...{ key, title, unit, direction, main },
    base: one?.value ?? null,
    candidate: two?.value ?? null,
    ratio,
    verdict: verdictOf(ratio, direction, tolerance),
  };
}

/** A figure that a valid run has; null else. */
function soundEntry({ runs }: SuitePartResult, { entries }: SuiteFigure, relay: string): SuiteEntry | null {
  const isSound = runs.some((run) => run.relay === relay && run.status === 'measured');
  return isSound ? (entries.find((entry) => entry.relay === relay) ?? null) : null;
}

interface Four {
  readonly one: SuiteEntry | null;
  readonly two: SuiteEntry | null;
  readonly oneReference?: SuiteEntry | null;
  readonly twoReference?: SuiteEntry | null;
}

/** Candidate over base; over what the reference did, where both know that. */
function ratioOf({ one, two, oneReference = null, twoReference = null }: Four): Span | null {
  const [base, candidate, before, after] = [one, two, oneReference, twoReference].map((entry) =>
    entry === null ? null : spanOf(entry),
  );
  if (base == null || candidate == null) return null;
  const referred =
    before == null || after == null ? null : quotientOf({ over: [candidate, before], under: [base, after] });
  return referred ?? quotientOf({ over: [candidate], under: [base] });
}

function verdictOf(
  ratio: Span | null,
  direction: 'lower' | 'higher',
  tolerance: number,
): FigureComparison['verdict'] {
  if (ratio === null) return 'inconclusive';
  const { value, low, high } = ratio;
  const exceeds = value > 1 + tolerance || value < 1 / (1 + tolerance);
  if (!exceeds) return 'same';
  if (low === null || high === null || (low <= 1 && high >= 1)) return 'inconclusive';
  return value > 1 === (direction === 'lower') ? 'worse' : 'better';
}

function overallOf(relays: readonly RelayComparison[]): SuiteComparison['verdict'] {
  const found = new Set(relays.map(({ verdict }) => verdict).filter((verdict) => verdict !== 'same'));
  const [first] = found;
  return first === undefined ? 'same' : found.size > 1 ? 'mixed' : first;
}

function machineWarnings(base: Suite, candidate: Suite): string[] {
  const facts: readonly (readonly [string, (suite: Suite) => string])[] = [
    ['version of relay-bench', ({ tool }) => tool.version],
    ['Node.js', ({ tool }) => tool.node],
    ['kernel', ({ machine }) => machine.kernel],
    ['processor', ({ machine }) => machine.cpuModel],
  ];
  return facts
    .filter(([, of]) => of(base) !== of(candidate))
    .map(([what, of]) => `another ${what}: ${of(base)}, ${of(candidate)}`);
}

/** Parts that only one of them has, or that were another load. */
function partWarnings(base: Suite, candidate: Suite): string[] {
  const alone = [
    ...base.parts.filter((part) => partIn(candidate, part) === undefined),
    ...candidate.parts.filter((part) => partIn(base, part) === undefined),
  ].map(({ id }) => id);
  return alone.length === 0
    ? []
    : [`not compared, since both do not have it alike: ${[...new Set(alone)].join(', ')}`];
}
