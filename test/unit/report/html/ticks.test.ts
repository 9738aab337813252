import { describe, expect, it } from 'vitest';
import { linearTicks, logTicks, tickText } from '../../../../src/report/html/ticks.ts';

const texts = (ticks: readonly { text: string }[]): string[] => ticks.map((tick) => tick.text);

describe('marks of a linear axis', () => {
  it('stand at round values', () => {
    expect(texts(linearTicks([0, 250], 5, 'per-second'))).toEqual(['0', '50', '100', '150', '200', '250']);
  });

  it('have no noise of binary fractions', () => {
    expect(texts(linearTicks([0, 0.5], 5, 'cores'))).toEqual(['0', '0.1', '0.2', '0.3', '0.4', '0.5']);
    // There is no run one and a half.
    expect(texts(linearTicks([1, 2], 5, 'count'))).toEqual(['1', '2']);
  });

  it('are round in binary units where they count bytes', () => {
    expect(texts(linearTicks([0, 250_000_000], 5, 'bytes'))).toEqual([
      '0',
      '50 MiB',
      '100 MiB',
      '150 MiB',
      '200 MiB',
    ]);
  });

  it('stand at whole seconds and minutes on an axis of time', () => {
    expect(texts(linearTicks([0, 15], 6, 's'))).toEqual(['0:00', '0:05', '0:10', '0:15']);
    expect(texts(linearTicks([0, 620], 6, 's'))).toEqual(['0:00', '2:00', '4:00', '6:00', '8:00', '10:00']);
  });
});

describe('marks of a logarithmic axis', () => {
  it('stand at 1, 2 and 5 where it spans few decades', () => {
    expect(texts(logTicks([1_000, 50_000], 'us'))).toEqual([
      '1 ms',
      '2 ms',
      '5 ms',
      '10 ms',
      '20 ms',
      '50 ms',
    ]);
  });

  it('stand at powers of ten where it spans many', () => {
    expect(texts(logTicks([500, 10_000_000], 'us'))).toEqual(['1 ms', '10 ms', '100 ms', '1 s', '10 s']);
  });
});

describe('the text of a mark', () => {
  it.each([
    [250, 'us', '250 µs'],
    [0, 'us', '0'],
    [3_725, 's', '1:02:05'],
    [1_500, 'count', '1,500'],
    [1_048_576, 'bytes', '1 MiB'],
    [0, 'nines', '0 %'],
    [3, 'nines', '99.9 %'],
  ] as const)('of %d as %s is %s', (value, unit, text) => {
    expect(tickText(value, unit)).toBe(text);
  });
});
