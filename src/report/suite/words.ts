import type { FigureUnit } from '../../suite/parts.ts';
import type { SuiteEntry } from '../../suite/schema.ts';
import { bytes, duration, NOTHING, number, rate } from '../quantity.ts';
import type { Tone } from '../view/document.ts';

/** A value of a figure for people. */
export function figureText(value: number | null, unit: FigureUnit): string {
  if (value === null) return NOTHING;
  if (unit === 'us') return duration(value);
  return unit === 'bytes' ? bytes(value) : rate(value);
}

/** A value with its interval, where it has one: `12.3 ms (11.0 ms–14.2 ms)`. */
export function entryText({ value, low, high }: SuiteEntry, unit: FigureUnit): string {
  if (value === null) return NOTHING;
  const shown = figureText(value, unit);
  if (low === null && high === null) return shown;
  if (high === null) return `${shown} (${figureText(low, unit)} or more)`;
  return `${shown} (${low === null ? '' : figureText(low, unit)}–${figureText(high, unit)})`;
}

type Relative = NonNullable<SuiteEntry['relative']>;

/** A multiple of the reference: `1.32× (1.10–1.58)`. */
export function relativeText(relative: Relative | null): string {
  if (relative === null) return NOTHING;
  const { value, low, high } = relative;
  const range = low === null || high === null ? '' : ` (${number(low)}–${number(high)})`;
  return `${number(value)}×${range}`;
}

/** Good or bad where the whole interval lies on one side of the reference. */
export function relativeTone(relative: Relative | null, direction: 'lower' | 'higher'): Tone {
  if (relative === null || relative.low === null || relative.high === null) return 'plain';
  const isHigher = relative.low > 1;
  if (!isHigher && relative.high >= 1) return 'plain';
  return isHigher === (direction === 'higher') ? 'good' : 'bad';
}
