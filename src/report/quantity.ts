import { formatDurationMs } from '../base/duration.ts';
import { own } from '../base/own.ts';
import { metricKind } from '../metric/catalogue.ts';
import type { GateResult } from '../record/schema.ts';

/** Stands where a number was not measured or rests on too few samples. */
export const NOTHING = '–';

const UNIT_US: Readonly<Record<string, number>> = { us: 1, ms: 1_000, s: 1_000_000 };

/** Three significant digits; more than the histograms hold would be invented. */
function significant(value: number): number {
  return Number(value.toPrecision(3));
}

/** Microseconds for people: `250 µs`, `12.3 ms`, `4.00 s`, `2m 05s`. */
export function duration(us: number | null): string {
  if (us === null) return NOTHING;
  // Rounded before the unit is chosen: 999.9 ms is 1.00 s.
  return us < 0
    ? `-${formatDurationMs(significant(-us) / 1_000)}`
    : formatDurationMs(significant(us) / 1_000);
}

/** Seconds for people. */
export function seconds(s: number | null): string {
  return duration(s === null ? null : s * 1_000_000);
}

/** A whole number with thousands separators. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A number of at most three significant digits below 1,000 and whole above: `0.052`, `12.3`, `1,234`. */
export function number(value: number): string {
  return Math.abs(value) >= 1_000 ? count(value) : String(significant(value));
}

/** Operations per second. */
export function rate(perSecond: number): string {
  return `${number(perSecond)}/s`;
}

/**
 * A ratio (0..1) in percent. Rounded towards the worse side of whole percents: 0.99999 is 99.999 %, never 100 %.
 */
export function percent(ratio: number | null): string {
  if (ratio === null) return NOTHING;
  return `${trimmed(ratio * 100)} %`;
}

/** At least two decimals, and as many as tell the value from 100. */
function trimmed(value: number): string {
  for (let decimals = 2; decimals < 6; decimals++) {
    const text = value.toFixed(decimals);
    if (Number(text) !== 100 || value === 100) return String(Number(text));
  }
  return value < 100 ? '99.99999' : String(significant(value));
}

/** Bytes in binary units. */
export function bytes(value: number | null): string {
  if (value === null) return NOTHING;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, Math.abs(value))) / 10));
  return `${number(value / 1_024 ** power)} ${units[power]}`;
}

/** CPU use in cores. */
export function cores(value: number | null): string {
  return value === null ? NOTHING : `${value.toFixed(2)} cores`;
}

/** A value of a gate (its limit, actual value or margin) with the gate's unit. */
export function gateValue(gate: GateResult, value: number | null): string {
  if (value === null) return NOTHING;
  const factor_us = own(UNIT_US, gate.unit);
  if (factor_us !== undefined) return duration(value * factor_us);
  if (gate.unit === '%') return percent(value / 100);
  if (gate.unit === '' && metricKind(gate.metric) === 'ratio') return percent(value);
  return `${number(value)}${gate.unit}`;
}
