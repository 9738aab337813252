import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLEAR, combined, isClear } from '../../../../src/fault/proxy/conditions.ts';
import { ArrivalSchedule, pieceBytes } from '../../../../src/fault/proxy/schedule.ts';

describe('the schedule of a direction', () => {
  it('lets nothing overtake and nothing come before its latency, whatever the jitter', () => {
    const sends = fc.array(
      fc.record({
        afterMs: fc.nat(50),
        bytes: fc.integer({ min: 1, max: 5_000 }),
        random: fc.double({ min: 0, max: 0.999, noNaN: true }),
      }),
    );
    fc.assert(
      fc.property(sends, (all) => {
        const draws = all.map(({ random }) => random);
        const schedule = new ArrivalSchedule(() => draws.shift() ?? 0);
        const condition = { ...CLEAR, latencyMs: 20, jitterMs: 30, bytesPerS: 100_000 };
        let nowMs = 0;
        let lastMs = 0;
        for (const { afterMs, bytes } of all) {
          nowMs += afterMs;
          const arrivalMs = schedule.arrivalMs(nowMs, bytes, condition);
          expect(arrivalMs).toBeGreaterThanOrEqual(nowMs + 20);
          expect(arrivalMs).toBeGreaterThanOrEqual(lastMs + bytes / 100 - 1e-6);
          lastMs = arrivalMs;
        }
      }),
    );
  });

  it('is at once where nothing happens', () => {
    expect(new ArrivalSchedule().arrivalMs(7, 1_000_000, CLEAR)).toBe(7);
    expect(pieceBytes(CLEAR)).toBe(Number.POSITIVE_INFINITY);
  });

  it('cuts what is throttled into small pieces', () => {
    expect(pieceBytes({ ...CLEAR, bytesPerS: 1_000_000 })).toBe(10_000);
    expect(pieceBytes({ ...CLEAR, bytesPerS: 10 })).toBe(64);
  });
});

describe('conditions together', () => {
  it('add their delays, take the narrowest bound and the strongest partition', () => {
    expect(combined([])).toEqual(CLEAR);
    expect(isClear(combined([]))).toBe(true);
    expect(
      combined([
        { latencyMs: 10, bytesPerS: 500, partition: 'hold' },
        { latencyMs: 5, jitterMs: 2, bytesPerS: 200, partition: 'reset' },
      ]),
    ).toEqual({ latencyMs: 15, jitterMs: 2, bytesPerS: 200, partition: 'reset' });
  });
});
