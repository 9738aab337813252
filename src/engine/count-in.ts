import { COUNTER_NAMES, type CounterMetric } from '../metric/counters.ts';

/** A counter in the row of a phase; 0 where there is no such row. */
export function countIn(row: Float64Array | undefined, name: CounterMetric): number {
  return row?.[COUNTER_NAMES.indexOf(name)] ?? 0;
}
