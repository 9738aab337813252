import { describe, expect, it } from 'vitest';
import {
  formatDurationMs,
  parseDurationMs,
  tryParseDurationMs,
  tryParseRatePerS,
} from '../../../src/base/duration.ts';

describe('tryParseDurationMs', () => {
  it.each([
    ['500us', 0.5],
    ['250ms', 250],
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['0s', 0],
    [' 5s ', 5_000],
  ])('reads %s as %d ms', (text, ms) => {
    expect(tryParseDurationMs(text)).toBe(ms);
  });

  it.each([
    '',
    '5',
    's',
    '-5s',
    '5 s',
    '5S',
    '5sec',
    '.5s',
    '5.s',
    '1e3s',
    '1s30ms',
    'Infinitys',
    'NaNs',
    '5d',
  ])('refuses "%s"', (text) => {
    expect(tryParseDurationMs(text)).toBeNull();
  });
});

describe('parseDurationMs', () => {
  it('throws DURATION_INVALID with the text in the message', () => {
    expect(() => parseDurationMs('fast')).toThrowError(
      expect.objectContaining({ code: 'DURATION_INVALID', message: '"fast" is not a duration', exitCode: 2 }),
    );
  });
});

describe('tryParseRatePerS', () => {
  it.each([
    ['200/s', 200],
    ['30/m', 0.5],
    ['3600/h', 1],
    ['0.5/s', 0.5],
    ['0/s', 0],
  ])('reads %s as %d per second', (text, rate) => {
    expect(tryParseRatePerS(text)).toBeCloseTo(rate, 12);
  });

  it.each(['', '200', '/s', '-1/s', '200/ms', '200 /s', '200/day', '2e2/s'])('refuses "%s"', (text) => {
    expect(tryParseRatePerS(text)).toBeNull();
  });
});

describe('formatDurationMs', () => {
  it.each([
    [0.25, '250 µs'],
    [12.34, '12.3 ms'],
    [4_000, '4.00 s'],
    [125_000, '2m 05s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDurationMs(ms)).toBe(text);
  });

  it.each([
    [999.7, '1.00 s'],
    [59_990, '1m 00s'],
  ])('rounds %d ms up into the next unit: %s', (ms, text) => {
    expect(formatDurationMs(ms)).toBe(text);
  });
});
