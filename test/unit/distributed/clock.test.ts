import { expect, test } from 'vitest';
import { driftUs, readCommonClock } from '../../../src/distributed/clock.ts';

/** A bus whose clock is ahead of this machine's by so much, and whose answers take so long, one way and back. */
function fake(aheadUs: number, waysMs: readonly (readonly [number, number])[]) {
  let nowMs = 1_000;
  let question = 0;
  return {
    clock: () => nowMs * 1e6,
    bus: {
      timeUs: async () => {
        const [there, back] = waysMs[question++ % waysMs.length] ?? [0, 0];
        nowMs += there;
        const timeUs = nowMs * 1_000 + aheadUs;
        nowMs += back;
        return timeUs;
      },
    },
  };
}

test('the quickest of fifteen answers counts', async () => {
  const { bus, clock } = fake(5_000_000, [
    [40, 2],
    [1, 1],
    [3, 30],
  ]);
  const common = await readCommonClock(bus, clock);
  expect(common.roundTrip_us).toBe(2_000);
  expect(common.toCommonUs(1e9)).toBe(6_000_000);
});

test('an instant is wrong by at most half a round trip, however unequal its ways are', async () => {
  for (const ways of [
    [0, 10],
    [10, 0],
    [3, 7],
  ] as const) {
    const { bus, clock } = fake(1_000, [ways]);
    const common = await readCommonClock(bus, clock);
    expect(Math.abs(common.toCommonUs(2e9) - 2_001_000)).toBeLessThanOrEqual(common.roundTrip_us / 2);
  }
});

test('an instant goes to the common clock and back', async () => {
  const { bus, clock } = fake(1_795_000_000_000_000, [[1, 1]]);
  const common = await readCommonClock(bus, clock);
  const there = common.toCommonUs(123_456_789_000);
  expect(Math.abs(common.toMonotonicNs(there) - 123_456_789_000)).toBeLessThan(1_000);
});

test('two machines agree on an instant', async () => {
  const [first, second] = await Promise.all(
    [7_000_000, -3_000_000].map((ahead) => {
      const { bus, clock } = fake(ahead, [[1, 1]]);
      return readCommonClock(bus, clock);
    }),
  );
  const hereNs = 5e9;
  const thereNs = second?.toMonotonicNs(first?.toCommonUs(hereNs) ?? 0) ?? 0;
  // Ten seconds lie between their clocks.
  expect(thereNs - hereNs).toBeCloseTo(10e9, -4);
});

test('a clock that runs away is noticed', async () => {
  const before = fake(0, [[1, 1]]);
  const after = fake(250, [[1, 1]]);
  const first = await readCommonClock(before.bus, before.clock);
  expect(driftUs(first, await readCommonClock(after.bus, after.clock), 1e9)).toBe(250);
});
