import { bytes, count, duration, NOTHING, number } from '../quantity.ts';
import type { Unit } from './plot.ts';
import { tickText } from './ticks.ts';

/** A value of a plot for people, with its unit: `12.3 ms`, `1,204/s`, `99.9 %`. */
export function plotValueText(value: number | null, unit: Unit): string {
  if (value === null) return NOTHING;
  switch (unit) {
    case 'us':
      return duration(value);
    case 'per-second':
      return `${number(value)}/s`;
    case 'count':
      return Number.isInteger(value) ? count(value) : number(value);
    case 'cores':
      return value.toFixed(2);
    case 'bytes':
      return bytes(value);
    default:
      return tickText(value, unit);
  }
}
