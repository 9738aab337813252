import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { COPY_DISTANCE, ReplayOrder } from '../../src/corpus/replay/replay-order.ts';

vi.setConfig({ testTimeout: 60_000 });

const spec = fc.record({
  first: fc.nat(50),
  events: fc.integer({ min: 1, max: 3 * COPY_DISTANCE }),
  copies: fc.integer({ min: 1, max: 5 }),
  workers: fc.integer({ min: 1, max: 6 }),
});

/** Events that worker `index` of `workers` publishes, in order. */
function published(order: ReplayOrder, arrivals: number, index: number, workers: number): number[] {
  const events: number[] = [];
  for (let n = index; n < arrivals; n += workers) events.push(order.eventOf(n));
  return events;
}

test('all workers together publish each event exactly as often as it is to be copied', () => {
  fc.assert(
    fc.property(spec, ({ first, events, copies, workers }) => {
      const order = new ReplayOrder({ first, end: first + events, copies });
      const counts = new Map<number, number>();
      for (let index = 0; index < workers; index++) {
        for (const event of published(order, events * copies, index, workers))
          counts.set(event, (counts.get(event) ?? 0) + 1);
      }
      const expected = Array.from({ length: events }, (_, n) => [first + n, copies]);
      expect([...counts].sort(([a], [b]) => a - b)).toEqual(expected);
    }),
  );
});

test('without copies each worker publishes in the order of the corpus', () => {
  fc.assert(
    fc.property(spec, ({ first, events, workers }) => {
      const order = new ReplayOrder({ first, end: first + events, copies: 1 });
      for (let index = 0; index < workers; index++) {
        const own = published(order, events, index, workers);
        expect(own).toEqual([...own].sort((a, b) => a - b));
      }
    }),
  );
});

test('what is behind the lowest event to come is never asked for again, and nothing beyond the end was', () => {
  fc.assert(
    fc.property(spec, fc.nat(1_000), ({ first, events, copies }, at) => {
      const order = new ReplayOrder({ first, end: first + events, copies });
      const arrivals = events * copies;
      const n = at % arrivals;
      const later = Array.from({ length: arrivals - n }, (_, i) => order.eventOf(n + i));
      expect(order.lowestFrom(n)).toBeLessThanOrEqual(Math.min(...later));
      const before = Array.from({ length: n }, (_, i) => order.eventOf(i));
      expect(order.endOf(n)).toBe(Math.max(first - 1, ...before) + 1);
    }),
  );
});

test('an event is first published before it is copied', () => {
  fc.assert(
    fc.property(spec, ({ first, events, copies }) => {
      const order = new ReplayOrder({ first, end: first + events, copies });
      const seen = new Set<number>();
      for (let n = 0; n < events * copies; n++) {
        const event = order.eventOf(n);
        expect(order.isFirst(n)).toBe(!seen.has(event));
        seen.add(event);
      }
    }),
  );
});
