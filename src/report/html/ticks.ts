import type { Domain, Plot, Unit } from './plot.ts';
import { xDomain, yDomain } from './scale.ts';

/** A mark of an axis. */
export interface Tick {
  readonly value: number;
  readonly text: string;
}

/** Marks at round values, about `count` of them; in whole seconds, minutes or hours on an axis of time. */
export function linearTicks([low, high]: Domain, count: number, unit: Unit): Tick[] {
  const rough = (high - low) / Math.max(1, count);
  const step = (STEPS[unit] ?? niceStep)(rough);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) =>
    tick(rounded((first + at) * step), unit),
  );
}

/** Marks at powers of ten; with 2 and 5 times of them where the axis spans few decades. */
export function logTicks([low, high]: Domain, unit: Unit): Tick[] {
  const decades = Math.log10(high / low);
  const steps = decades < 2.6 ? [1, 2, 5] : [1];
  const ticks: Tick[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const step of steps) {
      const value = rounded(step * 10 ** power);
      if (value >= low * 0.999 && value <= high * 1.001) ticks.push(tick(value, unit));
    }
  }
  return ticks;
}

function tick(value: number, unit: Unit): Tick {
  return { value, text: tickText(value, unit) };
}

const UNITS_US: readonly (readonly [number, string])[] = [
  [1_000_000, 's'],
  [1_000, 'ms'],
  [1, 'µs'],
];

/** A round value, as short as can be: `5 ms`, `1,000`, `2:30`. */
export function tickText(value: number, unit: Unit): string {
  switch (unit) {
    case 'us': {
      const [factor, name] = UNITS_US.find(([size]) => value >= size * 0.9999) ?? [1, 'µs'];
      return value === 0 ? '0' : `${short(value / factor)} ${name}`;
    }
    case 's':
      return clock(value);
    case 'bytes':
      return byteText(value);
    case 'nines':
      return `${nines(value)} %`;
    default:
      return short(value);
  }
}

/** Seconds as `0:05`, `12:30`, `1:00:00`. */
function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  const hours = Math.floor(whole / 3_600);
  const text = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return hours > 0 ? `${hours}:${text}` : text.replace(/^0/, '');
}

function byteText(value: number): string {
  if (value === 0) return '0';
  const power = Math.min(4, Math.floor(Math.log2(Math.max(1, value)) / 10));
  return `${short(value / 1_024 ** power)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
}

/** The percentile with that many nines: 0 → 0, 1 → 90, 2 → 99, 3 → 99.9. */
function nines(value: number): string {
  return String(rounded(100 * (1 - 10 ** -value)));
}

function short(value: number): string {
  return value >= 1_000 ? Math.round(value).toLocaleString('en-US') : String(rounded(value));
}

/** Nothing that is counted comes in halves. */
function wholeStep(rough: number): number {
  return Math.max(1, niceStep(rough));
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5].find((step) => step * power >= rough * 0.999) ?? 10) * power;
}

/** Round in the binary unit that it is printed in. */
function byteStep(rough: number): number {
  const unit = 1_024 ** Math.floor(Math.log2(Math.max(1, rough)) / 10);
  return niceStep(rough / unit) * unit;
}

const TIME_STEPS_S = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400,
];

function timeStep(rough: number): number {
  return TIME_STEPS_S.find((step) => step >= rough * 0.999) ?? Math.ceil(rough / 86_400) * 86_400;
}

/** 3 × 0.1 is 0.30000000000000004 in binary. */
function rounded(value: number): number {
  return Number(value.toPrecision(10));
}

const X_TICKS = 6;
const Y_TICKS = 5;

/** Marks of the y axis. */
export function yTicks(plot: Plot): Tick[] {
  const domain = yDomain(plot);
  return plot.y.log === true
    ? logTicks(domain, plot.y.unit)
    : linearTicks(domain, Y_TICKS, plot.y.unit).filter((tick) => tick.value <= domain[1]);
}

/** Marks of the x axis; percentiles have one at each nine and at the median. */
export function xTicks(plot: Plot): Tick[] {
  const domain = xDomain(plot);
  const ticks = linearTicks(domain, X_TICKS, plot.x.unit);
  if (plot.x.unit !== 'nines') return ticks;
  const whole = ticks.filter((tick) => Number.isInteger(tick.value));
  const median = Math.log10(2);
  return [...whole, { value: median, text: tickText(median, 'nines') }];
}

const STEPS: Partial<Record<Unit, (rough: number) => number>> = {
  s: timeStep,
  bytes: byteStep,
  count: wholeStep,
};
