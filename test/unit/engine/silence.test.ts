import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Silence } from '../../../src/engine/silence.ts';

let nowMs = 0;
beforeEach(() => {
  nowMs = 0;
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setImmediate', 'clearImmediate'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function watch(): { silence: Silence; fell: () => number | null } {
  let fellMs: number | null = null;
  const silence = new Silence({
    longestMs: 3_000,
    onSilence: () => {
      fellMs = nowMs;
    },
    clock: () => nowMs * 1e6,
  });
  return { silence, fell: () => fellMs };
}

/** Time passes evenly, as it does where the process runs. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 50) {
    nowMs += 50;
    await vi.advanceTimersByTimeAsync(50);
  }
}

test('silence falls between 3 and 3.5 s after the last word', async () => {
  const { silence, fell } = watch();
  await pass(1_000);
  silence.heard();
  await pass(2_900);
  expect(fell()).toBeNull();
  await pass(1_000);
  expect(fell()).toBeGreaterThan(4_000);
  expect(fell()).toBeLessThanOrEqual(4_500);
});

test('it falls once', async () => {
  const { fell } = watch();
  await pass(4_000);
  const first = fell();
  await pass(8_000);
  expect(fell()).toBe(first);
});

test('whoever is heard is not silent', async () => {
  const { silence, fell } = watch();
  for (let second = 0; second < 10; second++) {
    await pass(1_000);
    silence.heard();
  }
  expect(fell()).toBeNull();
});

test('a process that stood still itself listens anew before it judges', async () => {
  const { fell } = watch();
  await pass(1_000);
  // No timer of it ran meanwhile.
  nowMs += 60_000;
  await pass(2_500);
  expect(fell()).toBeNull();
  await pass(1_500);
  expect(fell()).not.toBeNull();
});

test('one that is stopped says nothing', async () => {
  const { silence, fell } = watch();
  silence.stop();
  await pass(10_000);
  expect(fell()).toBeNull();
});
