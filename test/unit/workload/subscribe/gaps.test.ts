import { describe, expect, it } from 'vitest';
import { Gaps } from '../../../../src/workload/subscribe/gaps.ts';

const FILTER = { kinds: [1], '#t': ['topic'] };

function setUp({ fullAnswer = null as number | null, isKept = true } = {}) {
  const clock = { ns: 0, s: 1_000 };
  const gaps = new Gaps({ nowNs: () => clock.ns, now_s: () => clock.s, fullAnswer, isKept });
  const see = (createdAt_s: number, isLive = true): void =>
    gaps.seen(1, Buffer.from(`["EVENT","s",{"id":"","created_at":${createdAt_s},"kind":1}]`), isLive);
  /** Lost at 100 ns, asked at 200 ns, live at 300 ns; `stored` come in between. */
  const beAway = (stored: readonly number[] = []): readonly object[] => {
    clock.ns = 100;
    gaps.onLost(1);
    clock.ns = 200;
    const filters = gaps.filtersFor(1, FILTER);
    for (const createdAt_s of stored) see(createdAt_s, false);
    clock.ns = 300;
    gaps.onLive(1);
    return filters;
  };
  return { gaps, see, beAway, clock };
}

describe('what a client asks for when it is back', () => {
  it('is what is a little older than the newest event that it has, and all that comes from then on', () => {
    const { see, beAway } = setUp();
    see(1_020);
    see(1_017);
    expect(beAway()).toEqual([
      { ...FILTER, since: 1_015 },
      { ...FILTER, limit: 0 },
    ]);
  });

  it('is what is a little older than its loss, where it has seen nothing', () => {
    expect(setUp().beAway()).toEqual([
      { ...FILTER, since: 995 },
      { ...FILTER, limit: 0 },
    ]);
  });

  it('does not skip what an answer that broke off has not brought', () => {
    const { gaps, see, clock } = setUp();
    see(1_020);
    gaps.onLost(1);
    gaps.filtersFor(1, FILTER);
    // The newest come first.
    see(1_090, false);
    clock.ns = 50;
    gaps.onLost(1);
    expect(gaps.filtersFor(1, FILTER)[0]).toEqual({ ...FILTER, since: 1_015 });
  });

  it('begins with what it has been given since, the next time', () => {
    const { gaps, see, beAway } = setUp();
    see(1_020);
    beAway([1_090, 1_080]);
    gaps.onLost(1);
    expect(gaps.filtersFor(1, FILTER)[0]).toEqual({ ...FILTER, since: 1_085 });
  });

  it('is what it always is where it was not away', () => {
    const { gaps, see } = setUp();
    see(1_020);
    expect(gaps.filtersFor(1, FILTER)).toEqual([FILTER]);
  });
});

describe('a delivery', () => {
  it('is owed to a client that was never away, and to one that was back before', () => {
    const { gaps, beAway } = setUp({ isKept: false });
    expect(gaps.isOwed(1, { startedNs: 0, createdAt_s: 0 })).toBe(true);
    beAway();
    expect(gaps.isOwed(1, { startedNs: 301, createdAt_s: 0 })).toBe(true);
  });

  it('is owed to a client that has asked for it since', () => {
    const { gaps, see, beAway } = setUp();
    see(1_020);
    beAway([1_030, 1_016]);
    expect(gaps.isOwed(1, { startedNs: 150, createdAt_s: 1_016 })).toBe(true);
    expect(gaps.isOwed(1, { startedNs: 150, createdAt_s: 1_014 })).toBe(false);
  });

  it('is not owed to a client that is still away, or has asked and got no end', () => {
    const { gaps, see } = setUp();
    see(1_020);
    gaps.onLost(1);
    const event = { startedNs: 50, createdAt_s: 1_020 };
    expect(gaps.isOwed(1, event)).toBe(false);
    gaps.filtersFor(1, FILTER);
    expect(gaps.isOwed(1, event)).toBe(false);
    gaps.onLive(1);
    expect(gaps.isOwed(1, event)).toBe(true);
  });

  it('is not owed of what relays need not keep', () => {
    const { gaps, see, beAway } = setUp({ isKept: false });
    see(1_020);
    beAway();
    expect(gaps.isOwed(1, { startedNs: 150, createdAt_s: 1_020 })).toBe(false);
  });

  it('is not owed where the answer was full before it came to it', () => {
    const { gaps, see, beAway } = setUp({ fullAnswer: 2 });
    see(1_020);
    beAway([1_030, 1_025]);
    expect(gaps.isOwed(1, { startedNs: 150, createdAt_s: 1_026 })).toBe(true);
    expect(gaps.isOwed(1, { startedNs: 150, createdAt_s: 1_025 })).toBe(false);
  });

  it('is not owed beyond a hundred, where the relay does not say when an answer is full', () => {
    const { gaps, see, beAway } = setUp();
    see(1_020);
    beAway(Array.from({ length: 100 }, (_, i) => 1_200 - i));
    expect(gaps.isOwed(1, { startedNs: 150, createdAt_s: 1_050 })).toBe(false);
  });

  it('may repeat what was written before the client was live again', () => {
    const { gaps, beAway } = setUp();
    expect(gaps.mayRepeat(1, 0)).toBe(false);
    beAway();
    expect([gaps.mayRepeat(1, 299), gaps.mayRepeat(1, 301)]).toEqual([true, false]);
  });
});
