import { RelayBenchError } from './errors.ts';
import { own } from './own.ts';

const UNIT_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const DURATION = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)$/;
const RATE = /^(\d+(?:\.\d+)?)\/(s|m|h)$/;

/** The longest duration that anything can wait for: a timer of Node.js ends at 2^31 - 1 ms, beyond it fires at once. */
export const LONGEST_MS = 596 * 3_600_000;
/** The same for people. */
export const LONGEST_TEXT = '596h';

/** A duration such as `250ms`, `30s`, `1.5m` in milliseconds; null where the text is not one. */
export function tryParseDurationMs(text: string): number | null {
  const match = DURATION.exec(text.trim());
  const unit = match?.[2] === undefined ? undefined : own(UNIT_MS, match[2]);
  return unit === undefined ? null : Number(match?.[1]) * unit;
}

/**
 * A duration in milliseconds.
 * @throws RelayBenchError `DURATION_INVALID`
 */
export function parseDurationMs(text: string): number {
  const value = tryParseDurationMs(text);
  if (value !== null) return value;
  throw new RelayBenchError(`"${text}" is not a duration`, {
    code: 'DURATION_INVALID',
    hint: 'write a number and a unit: 500us, 250ms, 30s, 5m or 1h',
  });
}

/** A rate such as `200/s`, `30/m` in operations per second; null where the text is not one. */
export function tryParseRatePerS(text: string): number | null {
  const match = RATE.exec(text.trim());
  const unit = match?.[2] === undefined ? undefined : own(UNIT_MS, match[2]);
  return unit === undefined ? null : (Number(match?.[1]) * 1_000) / unit;
}

/** A duration for people: `250 µs`, `12.3 ms`, `4.00 s`, `2m 05s`. */
export function formatDurationMs(ms: number): string {
  if (ms < 0.9995) return `${Math.round(ms * 1_000)} µs`;
  // Where three digits round up to the next unit, that unit is written.
  if (ms < 999.5) return `${ms.toPrecision(3)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toPrecision(3)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, '0')}s`;
}

/** The same with as many significant digits as are wanted, where three say too little: `99.96 ms`. */
export function preciseDurationMs(ms: number, digits: number): string {
  const text = (value: number): string => String(Number(value.toPrecision(digits)));
  if (ms < 1) return `${text(ms * 1_000)} µs`;
  return ms < 1_000 ? `${text(ms)} ms` : `${text(ms / 1_000)} s`;
}
