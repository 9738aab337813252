import { own } from '../base/own.ts';
import type { RunRecord } from '../record/schema.ts';
import type { ContenderRuns } from './comparable.ts';

/** What relays found for the same queries. */
export interface Answers {
  readonly what: string;
  readonly entries: readonly { readonly relay: string; readonly value: number | null }[];
  readonly differs: boolean;
}

/** Live events reach queries at slightly different moments; more than this is no accident. */
const TOLERANCE = 0.01;

/**
 * How much the relays answered: stored events a query, and for each filter shape the share of queries that found
 * anything. A relay that answers less is not faster, it does less.
 */
export function answersOf(contenders: readonly ContenderRuns[]): Answers[] {
  const records = contenders.flatMap(({ runs }) => runs.map(({ record }) => record));
  const filters = [...new Set(records.flatMap(filtersOf))];
  return [
    row('events a query', contenders, eventsPerQuery),
    ...filters.map((filter) =>
      row(`queries of ${filter} that found anything`, contenders, (runs) => shareFound(runs, filter)),
    ),
  ].filter(({ entries }) => entries.some(({ value }) => value !== null));
}

function row(
  what: string,
  contenders: readonly ContenderRuns[],
  value: (records: readonly RunRecord[]) => number | null,
): Answers {
  const entries = contenders.map(({ name, runs }) => ({
    relay: name,
    value: value(runs.map(({ record }) => record)),
  }));
  const known = entries.map((entry) => entry.value).filter((one) => one !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return { what, entries, differs: known.length > 1 && high - low > high * TOLERANCE };
}

function eventsPerQuery(records: readonly RunRecord[]): number | null {
  return quotient(
    sum(records.map(({ counters }) => counters.query_events_received)),
    sum(records.map(({ counters }) => counters.queries_completed)),
  );
}

function shareFound(records: readonly RunRecord[], filter: string): number | null {
  const count = (series: string): number =>
    sum(records.map(({ metrics }) => own(metrics, `${series}{filter=${filter}}`)?.count ?? 0));
  return quotient(count('first_event_latency'), count('eose_latency'));
}

function filtersOf({ metrics }: RunRecord): string[] {
  return Object.keys(metrics).flatMap((key) => /^eose_latency\{filter=([^,}]+)\}$/.exec(key)?.[1] ?? []);
}

function quotient(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
