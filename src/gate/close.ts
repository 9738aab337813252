import type { GateResult, RunRecord } from '../record/schema.ts';
import type { Gate } from './expression.ts';
import { type Interval, intervalOf } from './latency.ts';

/**
 * The interval of a gate's percentile, in µs, where the limit lies in it: another run of the same relay may well end on
 * the other side. Null where the gate is clear of its limit, where nothing is known of the percentile's worth, and for
 * `==` and `!=`, which bound nothing.
 * @param value_us what the percentile was
 * @param limit_us of the gate
 */
export function closeInterval(
  { value_us, limit_us }: { readonly value_us: number; readonly limit_us: number },
  gate: Gate,
  record: RunRecord,
): Interval | null {
  const interval = intervalOf(gate, record);
  if (interval === undefined || gate.operator === '==' || gate.operator === '!=') return null;
  const { low_us, high_us } = interval;
  return low_us <= limit_us && limit_us <= (high_us ?? mirrored(low_us, value_us)) ? interval : null;
}

/** Latencies scatter by factors: an interval that nothing bounds above is taken to reach as far up as down. */
function mirrored(low_us: number, value_us: number): number {
  return low_us > 0 ? value_us ** 2 / low_us : Number.POSITIVE_INFINITY;
}

/** The interval as a gate's result names it. @param inUnit µs in the gate's unit */
export function closeOf(
  interval: Interval | null,
  inUnit: (value_us: number) => number,
): Pick<GateResult, 'close'> {
  if (interval === null) return {};
  const { low_us, high_us } = interval;
  return { close: { low: inUnit(low_us), high: high_us === null ? null : inUnit(high_us) } };
}
