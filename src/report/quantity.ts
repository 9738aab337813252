import { digitsBeside } from '../base/beside.ts';
import { formatDurationMs, preciseDurationMs } from '../base/duration.ts';
import { own } from '../base/own.ts';
import { metricKind } from '../metric/catalogue.ts';
import type { GateResult, RunRecord } from '../record/schema.ts';

/** Stands where a number was not measured or rests on too few samples. */
export const NOTHING = '–';

const UNIT_US: Readonly<Record<string, number>> = { us: 1, ms: 1_000, s: 1_000_000 };

/** Three significant digits; more than the histograms hold would be invented. */
function significant(value: number): number {
  return Number(value.toPrecision(3));
}

/**
 * Microseconds for people: `250 µs`, `12.3 ms`, `4.00 s`, `2m 05s`.
 * @param limits_us limits of gates on this value: it is written with as many digits as tell it from them
 */
export function duration(us: number | null, limits_us: readonly number[] = []): string {
  if (us === null) return NOTHING;
  if (us < 0) return `-${duration(-us)}`;
  // 4.015 ms is 4014.9999999999995 µs in binary; every place must round it alike.
  return exactDuration(exact(us), limits_us.map(exact));
}

function exactDuration(us: number, limits_us: readonly number[]): string {
  const rounded = (digits: number): number => Number(us.toPrecision(digits));
  const digits = digitsBeside(us, limits_us, { least: 3, rounded });
  // Rounded before the unit is chosen: 999.9 ms is 1.00 s.
  return digits === 3
    ? formatDurationMs(significant(us) / 1_000)
    : preciseDurationMs(rounded(digits) / 1_000, digits);
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
 * A ratio (0..1) in percent. Never rounded to a whole percent that it is not: 0.99999 is 99.999 %, and 0.98996 is 98.996 %.
 * @param limits limits of gates on this ratio (0..1), from which the text tells it as well
 */
export function percent(ratio: number | null, limits: readonly number[] = []): string {
  if (ratio === null) return NOTHING;
  const value = exact(ratio * 100);
  const wholes = value > 100 ? [] : [Math.floor(value), Math.ceil(value)];
  const beside = [...wholes, ...limits.map((limit) => exact(limit * 100))];
  const rounded = (decimals: number): number => Number(value.toFixed(decimals));
  const decimals = digitsBeside(value, beside, { least: 2, rounded });
  return `${trimmed(rounded(limits.length > 0 ? decimals : Math.min(decimals, MOST_DECIMALS)), value)} %`;
}

/** Finer shares are nobody's business, but what is below 100 % is never called that. */
const MOST_DECIMALS = 5;

function trimmed(shown: number, value: number): string {
  return shown === 100 && value < 100 ? '99.99999' : String(shown);
}

/** 0.57 × 100 is 56.99999999999999 in binary. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
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

/** What a gate measured, with its unit and as many digits as show on which side of the limit it lies. */
export function gateActual(gate: GateResult): string {
  return gate.actual === null ? NOTHING : gateBeside(gate, gate.actual);
}

/** A value of a gate with its unit and as many digits as show on which side of the limit it lies. */
export function gateBeside(gate: GateResult, value: number): string {
  return gateText(gate, value, [gate.limit]);
}

/** A limit or a margin of a gate with the gate's unit. */
export function gateValue(gate: GateResult, value: number | null): string {
  return value === null ? NOTHING : gateText(gate, value, []);
}

function gateText(gate: GateResult, value: number, limits: readonly number[]): string {
  const factor_us = own(UNIT_US, gate.unit);
  const scaled = (factor: number): number[] => limits.map((limit) => limit * factor);
  if (factor_us !== undefined) return duration(value * factor_us, scaled(factor_us));
  if (gate.unit === '%') return percent(value / 100, scaled(1 / 100));
  if (gate.unit === '' && metricKind(gate.metric) === 'ratio') return percent(value, limits);
  const digits = digitsBeside(value, limits, {
    least: 3,
    rounded: (count) => Number(value.toPrecision(count)),
  });
  return `${digits === 3 ? number(value) : Number(value.toPrecision(digits))}${gate.unit}`;
}

/** The limits of gates on a metric, whatever its labels, in µs or as a ratio. */
export function limitsOn(record: Pick<RunRecord, 'gates'>, metric: string, aggregation: string): number[] {
  return record.gates
    .filter((gate) => gate.metric === metric && gate.aggregation === aggregation)
    .map(({ unit, limit }) => limit * (own(UNIT_US, unit) ?? (unit === '%' ? 0.01 : 1)));
}
