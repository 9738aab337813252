import { describe, expect, it, vi } from 'vitest';
import { ReplayOrder } from '../../../src/corpus/replay/replay-order.ts';
import type { ArrivalSchedule } from '../../../src/workload/frame-ahead.ts';
import { PublishedEvents } from '../../../src/workload/query/published-events.ts';

const SECOND = 1e9;

/** Arrivals 100 ms apart. */
function tenPerSecond(): ArrivalSchedule {
  let number = 0;
  return {
    peekNs: () => (number * SECOND) / 10,
    peekNumber: () => number,
    advance: () => {
      number++;
    },
  };
}

function setUp({ isAlone = true, copies = 1 } = {}) {
  const onFailed = vi.fn();
  const onKnownBefore = vi.fn();
  const events = new PublishedEvents({
    order: new ReplayOrder({ first: 50, end: 1_000, copies }),
    first: 50,
    isAlone,
    everyArrival: tenPerSecond(),
    start: { monotonicNs: 100 * SECOND },
    onFailed,
    onKnownBefore,
  });
  return { events, onFailed, onKnownBefore };
}

describe('PublishedEvents', () => {
  it('is certain of what was acknowledged without a gap, a second later', () => {
    const { events } = setUp();
    for (const number of [0, 2, 1, 4]) events.onEnded(number, 'accepted');
    events.mark(101 * SECOND);
    expect(events.certainBelow(101.9 * SECOND)).toBe(50);
    expect(events.certainBelow(102 * SECOND)).toBe(53);
    events.onEnded(3, 'accepted');
    events.mark(102 * SECOND);
    expect(events.certainBelow(102.5 * SECOND)).toBe(53);
    expect(events.certainBelow(103 * SECOND)).toBe(55);
  });

  it('passes over what was refused, and tells of it', () => {
    const { events, onFailed } = setUp();
    events.onEnded(0, 'failed');
    events.onEnded(1, 'superseded');
    events.onEnded(2, 'accepted');
    events.mark(101 * SECOND);
    expect(events.certainBelow(102 * SECOND)).toBe(53);
    expect(onFailed.mock.calls).toEqual([[50], [51]]);
  });

  it('is certain of nothing but what was stored where other workers publish as well', () => {
    const { events } = setUp({ isAlone: false });
    for (const number of [0, 1, 2]) events.onEnded(number, 'accepted');
    events.mark(101 * SECOND);
    expect(events.certainBelow(200 * SECOND)).toBe(50);
  });

  it('knows by the schedule what nobody can have sent yet', () => {
    const { events } = setUp();
    expect(events.sentBelow(99 * SECOND)).toBe(50);
    expect(events.sentBelow(100 * SECOND)).toBe(51);
    expect(events.sentBelow(100.95 * SECOND)).toBe(60);
  });

  it('takes a duplicate of what was published for the first time as a sign that the relay had it', () => {
    const { events, onKnownBefore } = setUp({ copies: 2 });
    events.onEnded(100, 'duplicate');
    expect(onKnownBefore).not.toHaveBeenCalled();
    events.onEnded(0, 'duplicate');
    expect(onKnownBefore).toHaveBeenCalledOnce();
  });
});
