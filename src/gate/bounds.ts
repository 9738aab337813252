import type { RunRecord } from '../record/schema.ts';
import type { Aggregation, Operator } from './expression.ts';

/** What a gate says of a latency of which only the bounds are known. */
export type Decision = 'pass' | 'fail' | 'undecided';

/** The latency itself lies between both; in one unit. */
export interface Bounds {
  /** From the write, less what the event loop may have added: nothing of it is the generator's doing. */
  readonly least: number;
  /** From the schedule: the generator's lateness is counted in. */
  readonly most: number;
}

/**
 * Judges a latency by its bounds. A late generator can only make the figure from the schedule larger, so what holds
 * there holds; and what breaks even from the write is the target's doing. Only in between nobody knows. For `>` and `>=`
 * both bounds change their roles. `==` and `!=` ask for a figure, not for a bound: the one from the schedule.
 */
export function decide(operator: Operator, limit: number, { least, most }: Bounds): Decision {
  if (operator === '==' || operator === '!=') return holds(operator, most, limit) ? 'pass' : 'fail';
  const [cautious, kind] = operator.startsWith('<') ? [most, least] : [least, most];
  if (holds(operator, cautious, limit)) return 'pass';
  return holds(operator, kind, limit) ? 'undecided' : 'fail';
}

const COMPARE: Readonly<Record<Operator, (actual: number, limit: number) => boolean>> = {
  '<': (actual, limit) => actual < limit,
  '<=': (actual, limit) => actual <= limit,
  '>': (actual, limit) => actual > limit,
  '>=': (actual, limit) => actual >= limit,
  '==': (actual, limit) => actual === limit,
  '!=': (actual, limit) => actual !== limit,
};

/** Whether a comparison is true. */
export function holds(operator: Operator, actual: number, limit: number): boolean {
  return COMPARE[operator](actual, limit);
}

type LoopDelay = Partial<Pick<RunRecord['generator']['eventLoopDelay_us'], 'p99_us' | 'max_us'>>;

/**
 * By how much the event loop may have put off the reading of the answers that a figure is made of, in µs. For percentiles
 * up to p99 and for the mean it is the loop's own p99, weighed by time: 99 of 100 answers waited for less. What looks at
 * fewer than one operation in a hundred (p99.9, the maximum) may be such an answer, hence the longest gap counts there.
 */
export function loopDelayOf(aggregation: Aggregation, { p99_us, max_us }: LoopDelay): number {
  return (aggregation === 'p999' || aggregation === 'max' ? max_us : p99_us) ?? 0;
}
