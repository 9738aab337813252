import { describe, expect, it } from 'vitest';
import { FULL, LAG_RATES, mostConnections, QUICK, withinLimit } from '../../../src/calibrate/effort.ts';

describe.each([
  ['full', FULL],
  ['quick', QUICK],
])('the %s effort', (_, effort) => {
  it('calibrates 1, 64 and 1,000 connections and climbs at ascending rates', () => {
    expect(effort.events.map(({ connections }) => connections)).toEqual([1, 64, 1_000]);
    for (const { rates } of [...effort.events, { rates: effort.queries }, { rates: effort.deliveries }]) {
      expect(rates).toEqual(rates.toSorted((a, b) => a - b));
    }
  });

  it('passes through the rates whose lateness is kept', () => {
    expect(effort.events[1]?.rates).toEqual(expect.arrayContaining([...LAG_RATES]));
  });

  it('opens no more connections than a process may hold', () => {
    expect(withinLimit(effort, null)).toBe(effort);
    expect(withinLimit(effort, 1_000_000)).toBe(effort);
    for (const openFiles of [1_500, 2_048, 4_096]) {
      expect(mostConnections(withinLimit(effort, openFiles))).toBeLessThanOrEqual(openFiles - 300 + 2);
    }
  });

  it('keeps storms large enough to be measured, whatever the limit', () => {
    expect(withinLimit(effort, 256).connections_per_s).toBe(500);
  });
});
