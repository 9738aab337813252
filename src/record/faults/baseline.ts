import { own } from '../../base/own.ts';
import { isOfGenerator, LATENCY_NAMES, type LatencyMetric } from '../../metric/catalogue.ts';
import { LATENCIES, latencyDefinition } from '../../metric/latencies.ts';
import { MOMENT_MS, type Moments } from '../../result/moments.ts';
import type { IntervalRow } from '../../result/schema.ts';
import type { FaultEntry } from './fault-schema.ts';

export type Baseline = NonNullable<FaultEntry['baseline']>;

/** Fewer seconds than this tell nothing of what is usual. */
export const LEAST_SECONDS = 3;
/** What is fast enough for everybody is good, whatever it was before. */
const GOOD_ENOUGH_US = 100_000;
const WORSE = 2;
const ANSWERED_SHARE = 0.9;
const CONNECTIONS_SHARE = 0.99;

/** What is usual, from seconds in which nothing was broken; null where they are too few, or nothing was answered. */
export function baselineOf(rows: readonly IntervalRow[], moments: Moments | null): Baseline | null {
  const answered = median(rows.map(answeredShare));
  if (rows.length < LEAST_SECONDS || answered === 0) return null;
  const [first] = rows;
  const last = rows.at(-1);
  const limits = LOAD_LATENCIES.flatMap((name) => {
    const highest = Math.max(...rows.map((row) => row.latencies[name]?.p95_us ?? 0));
    return highest === 0 ? [] : [[name, Math.max(GOOD_ENOUGH_US, WORSE * highest)] as const];
  });
  return {
    seconds: rows.length,
    errors: Math.max(...rows.map(({ errors }) => errors)),
    connections: Math.min(...rows.map(({ connections }) => connections)),
    answered,
    p95Limit_us: Object.fromEntries(limits),
    silenceMs:
      moments === null || first === undefined || last === undefined
        ? null
        : longestSilenceMs(moments, first.t * 1_000, (last.t + 1) * 1_000),
  };
}

/** Latencies of what is under load. */
export const LOAD_LATENCIES = LATENCY_NAMES.filter(
  (name): name is LatencyMetric & keyof typeof LATENCIES =>
    Object.hasOwn(LATENCIES, name) && !isOfGenerator(name) && isOfLoad(name as keyof typeof LATENCIES),
);

function isOfLoad(name: keyof typeof LATENCIES): boolean {
  const { span, isQuiet, source } = latencyDefinition(name);
  return span !== 'run' && isQuiet !== true && source !== 'connections';
}

/** Whether a second is as good as those before the fault. */
export function isGood(row: IntervalRow, usual: Baseline): boolean {
  const isFast = Object.entries(usual.p95Limit_us).every(([name, limit_us]) => {
    const p95_us = own(row.latencies, name)?.p95_us;
    return p95_us !== undefined && p95_us !== null && p95_us <= limit_us;
  });
  return (
    isFast &&
    row.errors <= usual.errors &&
    row.connections >= CONNECTIONS_SHARE * usual.connections &&
    answeredShare(row) >= ANSWERED_SHARE * usual.answered
  );
}

/** Answers in a second for each operation that was scheduled in it. */
function answeredShare({ acked, completed, offered }: IntervalRow): number {
  return offered === 0 ? 1 : (acked + completed) / offered;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** The longest time without an answer that lies between two moments, in whole slices. */
export function longestSilenceMs({ answers }: Moments, fromMs: number, toMs: number): number {
  let longest = 0;
  let running = 0;
  for (let at = Math.ceil(fromMs / MOMENT_MS); at < Math.floor(toMs / MOMENT_MS); at++) {
    running = (answers[at] ?? 0) > 0 ? 0 : running + 1;
    longest = Math.max(longest, running);
  }
  return longest * MOMENT_MS;
}
