import { describe, expect, it } from 'vitest';
import { HealthSummary } from '../../../src/engine/health-summary.ts';
import type { SecondOfHealth, WorkerInterval } from '../../../src/engine/messages.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';

function second(
  index: number,
  utilization: number,
  delay_us: number,
  gaps: Partial<SecondOfHealth> = {},
): WorkerInterval {
  const delays = new LatencyHistogram();
  for (let tick = 0; tick < 100; tick++) delays.record(delay_us);
  const health = {
    cpu_s: 0.2,
    utilization,
    rss_bytes: 1,
    loopDelay_us: delays.toDelta(),
    gaps_us: [],
    inFlight: 0,
    gcPauses: { count: 0, total_us: 0, longest: null },
    ...gaps,
  };
  return { index, health } as unknown as WorkerInterval;
}

/** Seconds 1 to 8 are measured, in two phases of four. */
const summary = (): HealthSummary =>
  new HealthSummary((at) => (at < 1 || at > 8 ? null : Math.floor((at - 1) / 4)));

describe('HealthSummary', () => {
  it('counts the seconds of the worker that had most bad ones, the limits not among them', () => {
    const health = summary();
    for (let at = 0; at < 10; at++) {
      health.add(0, second(at, 0.9, 10_000));
      health.add(1, second(at, at % 3 === 0 ? 0.95 : 0.5, at % 3 === 0 ? 30_000 : 100));
    }
    expect(health.saturated()).toEqual({ bad: 2, measured: 8, cold: 0 });
    expect(health.delayed(10_000)).toEqual({ bad: 2, measured: 8, cold: 0 });
    expect(health.delayed(9_000)).toEqual({ bad: 8, measured: 8, cold: 2 });
  });

  it('gives the delay of each phase its own figures', () => {
    const health = summary();
    for (let at = 0; at < 10; at++) health.add(0, second(at, 0.5, at <= 4 ? 200 : 40_000));
    expect(health.ofPhase(0).loopDelay_us).toEqual({ p50_us: 200, p99_us: 200, max_us: 200 });
    expect(health.ofPhase(1).loopDelay_us?.max_us).toBe(40_000);
    expect(health.ofPhase(2)).toEqual({});
  });

  it('names the longest pauses of the garbage collector in measured seconds, and the time of the worker that it held up most', () => {
    const health = summary();
    const pauses = (worker: number, at: number, duration_us: number): void => {
      const longest = { kind: 'minor' as const, duration_us };
      health.add(
        worker,
        second(at, 0.5, 100, { gcPauses: { count: 2, total_us: duration_us + 1, longest } }),
      );
    };
    for (const [at, duration_us] of [90_000, 10, 400, 30, 300, 50].entries()) pauses(0, at, duration_us);
    pauses(1, 2, 200);
    health.add(1, second(3, 0.5, 100));
    expect(health.summary().gcPauses).toEqual({
      count: 12,
      share: expect.closeTo(795e-6 / 5, 9),
      longest: [
        { worker: 0, second: 2, kind: 'minor', duration_us: 400 },
        { worker: 0, second: 4, kind: 'minor', duration_us: 300 },
        { worker: 1, second: 2, kind: 'minor', duration_us: 200 },
      ],
    });
  });

  it('holds each gap of a loop against what its worker had in flight in that second', () => {
    const health = summary();
    for (let at = 0; at < 10; at++) {
      health.add(0, second(at, 0.5, 0, { gaps_us: at === 3 ? [400_000, 20_000] : [], inFlight: 10 }));
      health.add(1, second(at, 0.5, 0, { gaps_us: at === 6 || at === 9 ? [30_000] : [], inFlight: 7 }));
    }
    expect(health.interrupted(10_000)).toBe(27);
    expect(health.interrupted(100_000)).toBe(10);
    expect([0, 1].map((phase) => health.secondsOf(phase).interrupted(10_000))).toEqual([20, 7]);
  });

  it('tells the bad seconds of a phase apart', () => {
    const health = summary();
    for (let at = 0; at < 10; at++) health.add(0, second(at, at > 6 ? 0.95 : 0.5, at > 6 ? 30_000 : 0));
    expect(health.secondsOf(0).saturated()).toMatchObject({ bad: 0, measured: 4 });
    expect(health.secondsOf(1).saturated()).toMatchObject({ bad: 2, measured: 4 });
    expect(health.secondsOf(1).delayed(20_000)).toMatchObject({ bad: 2, measured: 4 });
  });

  it('has no bad second where nothing was measured', () => {
    expect(summary().saturated()).toEqual({ bad: 0, measured: 0, cold: 0 });
  });
});
