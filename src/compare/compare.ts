import { RelayBenchError } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import { type Bound, exactOrNull, leastOrNull, medianBound } from '../metric/bound.ts';
import type { RunRecord } from '../record/schema.ts';
import { type NamedRun, noteworthy, requireComparable } from './comparable.ts';
import { distributionsOf } from './distribution.ts';
import { BLOCKS_WARNING, inBlocks } from './interleaving.ts';
import { judgeFamily } from './judge-family.ts';
import { judgeSingle, type Summaries } from './judge-single.ts';
import { type Judged, type Sides, undecided } from './judged.ts';
import { overallVerdict } from './overall.ts';
import { gatedByDefault, type RunQuantity, runQuantities } from './quantities.ts';
import { COMPARISON_VERSION, type Comparison, type Quantity } from './schema.ts';
import { timelinesOf } from './timelines.ts';

export interface CompareOptions {
  /** Change up to which single runs count as the same: 0.2 is 20 %. */
  readonly tolerance: number;
  /** Smallest change that counts between many runs. */
  readonly minEffect: number;
  /** Accepted chance of any false alarm over all gated quantities. */
  readonly alpha: number;
  /** Whether runs of different machines may be compared. */
  readonly crossHost: boolean;
  /** `auto`: by the tolerance for one run a side, else statistically. */
  readonly method: 'auto' | 'statistical';
  /** Keys of the quantities that decide, such as `ack_latency p99`; null for the standard ones. */
  readonly gated: readonly string[] | null;
}

export const DEFAULT_OPTIONS: CompareOptions = {
  tolerance: 0.2,
  minEffect: 0.05,
  alpha: 0.05,
  crossHost: false,
  method: 'auto',
  gated: null,
};

/** Single runs differ for no reason; said wherever they are compared. */
export const SINGLE_RUN_WARNING =
  "one run a side: a single pair of runs can't separate noise from change; compare four or more interleaved runs a side (`relay-bench ab`)";

/**
 * Compares the runs of two sides, quantity by quantity.
 * @throws RelayBenchError `NOT_COMPARABLE` with every reason, `QUANTITY_UNKNOWN` for a gated key that no run has
 */
export function compareRuns(
  base: readonly NamedRun[],
  candidate: readonly NamedRun[],
  options: CompareOptions = DEFAULT_OPTIONS,
): Comparison {
  const all = [...base, ...candidate];
  requireComparable(all, options);
  const [first] = base;
  if (first === undefined) throw new RangeError('a comparison needs a base');
  const method = options.method === 'auto' && all.length === 2 ? 'tolerance' : 'statistical';
  const isBlocked = method === 'statistical' && inBlocks(base.map(startOf), candidate.map(startOf));
  const quantities = judgeAll(base.map(recordOf), candidate.map(recordOf), {
    ...options,
    method,
    inBlocks: isBlocked,
  });
  const { scenario } = first.record;
  return {
    comparisonVersion: COMPARISON_VERSION,
    scenario: { name: scenario.name, sha256: scenario.sha256 },
    base: base.map(describe),
    candidate: candidate.map(describe),
    method,
    tolerance: options.tolerance,
    minEffect: options.minEffect,
    alpha: options.alpha,
    quantities,
    distributions: distributionsOf(base.map(recordOf), candidate.map(recordOf)),
    timelines: timelinesIn(base, candidate),
    confirmation: null,
    warnings: [
      ...(method === 'tolerance' ? [SINGLE_RUN_WARNING] : []),
      ...(isBlocked ? [BLOCKS_WARNING] : []),
      ...noteworthy(all, options),
    ],
    ...overallVerdict(quantities),
  };
}

function timelinesIn(base: readonly NamedRun[], candidate: readonly NamedRun[]): Comparison['timelines'] {
  const [one, other] = [base[0], candidate[0]];
  const isPair = base.length === 1 && candidate.length === 1;
  return isPair && one !== undefined && other !== undefined ? timelinesOf(one.record, other.record) : [];
}

function judgeAll(
  base: readonly RunRecord[],
  candidate: readonly RunRecord[],
  options: Omit<CompareOptions, 'method'> & Pick<Comparison, 'method'> & { readonly inBlocks: boolean },
): Quantity[] {
  const rows = sidesOf(base, candidate);
  const gated = gatedKeys(rows, base[0]?.load.model ?? 'open', options.gated);
  const judged =
    options.method === 'tolerance'
      ? judgeSingles(rows, base, candidate, options)
      : judgeFamily(rows, gated, options);
  return rows.map((row, at) => quantityOf(row, gated, judged[at] ?? undecided('not judged')));
}

/** A judged row as it stands in a comparison: what is known beside what is only known as "at least this". */
function quantityOf(row: Sides, gated: readonly string[], judged: Judged): Quantity {
  const { base, candidate, ...head } = row;
  const [one, other] = [base, candidate].map((side) => medianBound(side.filter((value) => value !== null)));
  return {
    ...head,
    gated: gated.includes(row.key),
    base: base.map(exactOrNull),
    candidate: candidate.map(exactOrNull),
    baseMedian: exactOrNull(one ?? null),
    candidateMedian: exactOrNull(other ?? null),
    ...leastOf({ base, candidate, baseMedian: one ?? null, candidateMedian: other ?? null }),
    ...judged,
  };
}

/** The lower bounds; nothing where all is known. */
function leastOf(
  bounds: Pick<Sides, 'base' | 'candidate'> & Record<'baseMedian' | 'candidateMedian', Bound | null>,
): Pick<Quantity, 'atLeast'> {
  const { base, candidate, baseMedian, candidateMedian } = bounds;
  if (![...base, ...candidate].some((bound) => bound?.isAtLeast === true)) return {};
  return {
    atLeast: {
      base: base.map(leastOrNull),
      candidate: candidate.map(leastOrNull),
      baseMedian: leastOrNull(baseMedian),
      candidateMedian: leastOrNull(candidateMedian),
    },
  };
}

/** Every quantity that any run has, in the order of the first run that has it. */
function sidesOf(base: readonly RunRecord[], candidate: readonly RunRecord[]): Sides[] {
  const maps = [base, candidate].map((side) =>
    side.map((record) => new Map(runQuantities(record).map((quantity) => [quantity.key, quantity]))),
  );
  const [bases = [], candidates = []] = maps;
  const all = new Map<string, RunQuantity>();
  for (const quantities of [...bases, ...candidates]) {
    for (const [key, quantity] of quantities) if (!all.has(key)) all.set(key, quantity);
  }
  return [...all].map(([key, { value: _, ...head }]) => ({
    ...head,
    base: bases.map((quantities) => quantities.get(key)?.value ?? null),
    candidate: candidates.map((quantities) => quantities.get(key)?.value ?? null),
  }));
}

function gatedKeys(
  rows: readonly Sides[],
  model: 'open' | 'closed',
  wanted: readonly string[] | null,
): readonly string[] {
  const keys = rows.map(({ key }) => key);
  if (wanted === null) {
    return gatedByDefault(
      rows.map((row) => ({ ...row, value: null })),
      model,
    );
  }
  const unknown = wanted.find((key) => !keys.includes(key));
  if (unknown === undefined) return wanted;
  throw new RelayBenchError(`the runs have no "${unknown}"${didYouMean(unknown, keys)}`, {
    code: 'QUANTITY_UNKNOWN',
    hint: 'write a metric and what of it, such as "ack_latency p99" or "delivery_ratio"',
  });
}

function judgeSingles(
  rows: readonly Sides[],
  base: readonly RunRecord[],
  candidate: readonly RunRecord[],
  { tolerance }: Pick<CompareOptions, 'tolerance'>,
): Judged[] {
  const summariesOf = (series: string): Summaries => {
    const [one, other] = [base[0]?.metrics[series], candidate[0]?.metrics[series]];
    return one === undefined || other === undefined ? null : [one, other];
  };
  return rows.map((row) => judgeSingle(row, tolerance, summariesOf(row.series)));
}

function recordOf({ record }: NamedRun): RunRecord {
  return record;
}

function startOf({ record }: NamedRun): string {
  return record.startedAt;
}

function describe({ name, record }: NamedRun): Comparison['base'][number] {
  const { runId, startedAt, target, tool } = record;
  return { name, runId, startedAt, urls: [...target.urls], tool: tool.version };
}
