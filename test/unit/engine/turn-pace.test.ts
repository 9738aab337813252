import { describe, expect, it } from 'vitest';
import { TurnPace } from '../../../src/engine/worker/turn-pace.ts';

const MS = 1_000_000;

interface Day {
  readonly rate_per_s: number;
  readonly busy: number;
  readonly seconds: number;
}

/** Lets time pass for a loop that is so busy and has so many arrivals. @returns the time afterwards */
function live(pace: TurnPace, fromNs: number, { rate_per_s, busy, seconds }: Day): number {
  const stepNs = MS;
  let nowNs = fromNs;
  for (const endNs = fromNs + seconds * 1_000 * MS; nowNs < endNs; ) {
    nowNs += stepNs;
    pace.turned((rate_per_s * stepNs) / 1e9, busy * stepNs);
    pace.idled((1 - busy) * stepNs);
    pace.follow(nowNs);
  }
  return nowNs;
}

const paceOf = (connections: number, catchUp = true): TurnPace => new TurnPace({ connections, catchUp });
const SHORT_OF_TIME: Day = { rate_per_s: 100_000, busy: 0.95, seconds: 1 };

describe('when a turn begins', () => {
  it('is at once while the loop has time', () => {
    const pace = paceOf(64);
    live(pace, MS, { rate_per_s: 30_000, busy: 0.6, seconds: 2 });
    expect(pace.holdNs).toBe(0);
  });

  it('is later where it has none, so that frames share writes, and by less than 2 ms', () => {
    const pace = paceOf(64);
    live(pace, MS, SHORT_OF_TIME);
    expect(pace.holdNs).toBe(1.75 * MS);
  });

  it('is at once again when there is time again', () => {
    const pace = paceOf(64);
    const nowNs = live(pace, MS, SHORT_OF_TIME);
    live(pace, nowNs, { rate_per_s: 30_000, busy: 0.4, seconds: 1 });
    expect(pace.holdNs).toBe(0);
  });

  it('stays where it is while that is just enough', () => {
    const pace = paceOf(64);
    const enough: Day = { rate_per_s: 100_000, busy: 0.82, seconds: 1 };
    const nowNs = live(pace, live(pace, MS, { ...SHORT_OF_TIME, seconds: 0.12 }), enough);
    const { holdNs } = pace;
    live(pace, nowNs, enough);
    expect(holdNs).toBeGreaterThan(0);
    expect(holdNs).toBeLessThan(1.75 * MS);
    expect(pace.holdNs).toBe(holdNs);
  });

  it('is at once after a stall in a loop that has time', () => {
    const pace = paceOf(64);
    const nowNs = live(pace, MS, { rate_per_s: 10_000, busy: 0.3, seconds: 1 });
    live(pace, nowNs, { rate_per_s: 10_000, busy: 1, seconds: 0.01 });
    expect(pace.holdNs).toBe(0);
  });

  it('is hardly later where few frames would share a write', () => {
    const pace = paceOf(1_000);
    live(pace, MS, SHORT_OF_TIME);
    expect(pace.holdNs).toBe(0.3 * MS);
  });

  it('is at once where few arrivals come, whatever else keeps the loop busy', () => {
    const pace = paceOf(64);
    live(pace, MS, { rate_per_s: 8_000, busy: 0.99, seconds: 2 });
    expect(pace.holdNs).toBe(0);
  });

  it('is at once again where few arrivals come after many', () => {
    const pace = paceOf(64);
    const nowNs = live(pace, MS, SHORT_OF_TIME);
    live(pace, nowNs, { rate_per_s: 1_000, busy: 0.99, seconds: 1 });
    expect(pace.holdNs).toBe(0);
  });

  it('is at once where nothing may be gathered', () => {
    const pace = paceOf(64, false);
    live(pace, MS, SHORT_OF_TIME);
    expect(pace.holdNs).toBe(0);
  });
});

describe('how much a turn does', () => {
  it('is what takes 1.5 ms, by what arrivals have cost', () => {
    const pace = paceOf(64);
    for (let turn = 0; turn < 500; turn++) pace.turned(100, 100 * 4_000);
    expect(pace.most(2 * MS)).toBeGreaterThan(350);
    expect(pace.most(2 * MS)).toBeLessThan(400);
  });

  it('is not changed much by a single turn that was stalled, nor by small ones', () => {
    const pace = paceOf(64);
    for (let turn = 0; turn < 500; turn++) pace.turned(100, 100 * 4_000);
    pace.turned(100, 80 * MS);
    for (let turn = 0; turn < 500; turn++) pace.turned(3, 3 * 30_000);
    expect(pace.most(2 * MS)).toBeGreaterThan(340);
  });

  it('has bounds, whatever arrivals cost', () => {
    const [cheap, dear] = [paceOf(64), paceOf(64)];
    for (let turn = 0; turn < 2_000; turn++) {
      cheap.turned(100, 100 * 10);
      dear.turned(100, 100 * 900_000);
    }
    expect(cheap.most(0)).toBe(1_024);
    expect(dear.most(0)).toBe(128);
  });

  it.each([
    [64, 1_024],
    [500, 2_000],
    [10_000, 4_096],
  ])(
    'is four arrivals for each of %d connections, within bounds, once the run is late',
    (connections, most) => {
      expect(paceOf(connections).most(5.1 * MS)).toBe(most);
    },
  );

  it('is 256 arrivals where they may not share writes', () => {
    expect(paceOf(64, false).most(0)).toBe(256);
    expect(paceOf(64, false).most(50 * MS)).toBe(256);
  });
});
