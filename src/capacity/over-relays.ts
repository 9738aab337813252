import { fitScaling, LEAST_POINTS, type ScalingPoint } from './scaling.ts';
import type { Capacity, Scaling } from './schema.ts';

/** What one search against a stack with so many relays has found. */
export interface RelaySearch {
  readonly relays: number;
  readonly found: Capacity;
}

/** The draws of a fit are the same each time, so that a document can be made again. */
const SEED = 1;
/** The document of one search, in its directory. */
const FILE = 'capacity.json';

/** Where the files of a search lie, below the directory of them all. */
export function directoryOf(relays: number): string {
  return `relays-${relays}`;
}

/**
 * One document of all searches: that of the largest number of relays, with how the limit grows. A last search that was cut
 * short and has found nothing leaves its place to the one before it.
 * @param searches by ascending number of relays
 * @param caveats besides those that follow from the searches
 * @returns null where there is no search
 */
export function combineSearches(
  searches: readonly RelaySearch[],
  caveats: readonly string[] = [],
): Capacity | null {
  const shown = searches.findLast(({ found }) => !isCutShort(found)) ?? searches.at(-1);
  if (shown === undefined) return null;
  const { relays, found } = shown;
  return {
    ...found,
    steps: found.steps.map((step) => ({ ...step, file: below(relays, step.file) })),
    scaling: scalingOf(searches),
    caveats: [...found.caveats, ...searches.flatMap(doubtOf), ...caveats],
  };
}

/** Whether a search ended, by no doing of the relay, before anything was known. */
function isCutShort({ limit, ended }: Capacity): boolean {
  return limit.low === null && (ended === 'interrupted' || ended === 'target-lost');
}

function below(relays: number, file: string | null): string | null {
  return file === null ? null : `${directoryOf(relays)}/${file}`;
}

/** The limits that were found, and the law through those of which both ends are known. */
export function scalingOf(searches: readonly RelaySearch[]): Scaling {
  const known = searches.flatMap(pointOf);
  const law = fitScaling(known, SEED);
  return {
    points: searches.map(({ relays, found: { limit } }) => ({
      relays,
      rate_per_s: limit.low,
      low: limit.low,
      high: limit.high,
      file: `${directoryOf(relays)}/${FILE}`,
    })),
    law,
    noLaw: law === null ? tooFew(searches.length, known.length) : null,
  };
}

/** Only what lies between two known ends can be fitted: "at least" is no point of a curve. */
function pointOf({ relays, found: { limit } }: RelaySearch): ScalingPoint[] {
  const { low, high } = limit;
  return low === null || high === null ? [] : [{ relays, rate_per_s: low, low, high }];
}

function tooFew(measured: number, known: number): string {
  const needs = `the law needs the limits of ${LEAST_POINTS} numbers of relays`;
  if (measured < LEAST_POINTS) return `${needs}, ${measured} ${measured === 1 ? 'was' : 'were'} measured`;
  return `${needs} with both ends known, and has ${known} of ${measured}`;
}

/** What makes a point less sure than it looks. */
function doubtOf({ relays, found: { limit, ended } }: RelaySearch): string[] {
  const name = `the limit with ${relays === 1 ? '1 relay' : `${relays} relays`}`;
  if (ended === 'interrupted' || ended === 'target-lost') return [`${name} was not searched to its end`];
  if (limit.low !== null && limit.high !== null && !limit.confirmed) return [`${name} is not confirmed`];
  return limit.low !== null && limit.high === null ? [`${name} is a lower bound`] : [];
}
