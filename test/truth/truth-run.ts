import { expect } from 'vitest';
import type { RunResult } from '../../src/engine/run-result.ts';
import type { LatencyHistogram } from '../../src/metric/histogram.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { RelayStats } from '../support/scripted-relay/stats.ts';

/** Above this the relay's own lateness is worth a note. */
const NOTABLE_LATENESS_MS = 0.5;

/** Inclusive bounds in milliseconds. */
export type Bounds = readonly [from_ms: number, to_ms: number];

/** A finished run beside what the scripted relay knows about it. */
export class TruthRun {
  readonly plan: Plan;
  readonly result: RunResult;
  readonly relay: RelayStats;

  constructor(plan: Plan, result: RunResult, relay: RelayStats) {
    this.plan = plan;
    this.result = result;
    this.relay = relay;
  }

  get isValid(): boolean {
    return this.result.validity.verdict === 'valid';
  }

  histogram(series: string): LatencyHistogram {
    const histogram = this.result.histograms.get(series);
    if (histogram === undefined) {
      throw new Error(`no series ${series}, only ${[...this.result.histograms.keys()].join(', ')}`);
    }
    return histogram;
  }

  /** Quantile `q` (0..1) of a latency in ms; 1 is the maximum. */
  quantileMs(series: string, q: number): number {
    return (this.histogram(series).percentile(q * 100) ?? Number.NaN) / 1_000;
  }

  meanMs(series: string): number {
    return (this.histogram(series).mean_us ?? Number.NaN) / 1_000;
  }

  /** Assert quantiles of a latency, for example `{ 0.5: [50, 51] }`. */
  expectQuantiles(series: string, bounds: Readonly<Record<number, Bounds>>): void {
    for (const [q, bound] of Object.entries(bounds)) {
      this.expectMs(`${series} p${Number(q) * 100}`, this.quantileMs(series, Number(q)), bound);
    }
  }

  /**
   * Assert a number that the relay's script fixes. The lower bound is strict: nothing can be faster than the
   * script. Above, the relay's own lateness in this run is allowed for.
   */
  expectMs(what: string, actual_ms: number, [from_ms, to_ms]: Bounds): void {
    const late_ms = this.relay.lateness_us.p99 / 1_000;
    const limit_ms = late_ms > NOTABLE_LATENESS_MS ? to_ms + late_ms : to_ms;
    const message = `${what} is ${actual_ms} ms, expected ${from_ms}–${to_ms} (relay late by ${late_ms.toFixed(2)})`;
    expect(actual_ms, message).toBeGreaterThanOrEqual(from_ms);
    expect(actual_ms, message).toBeLessThanOrEqual(limit_ms);
  }

  /** Assert that every event sent has exactly one fate. */
  expectConservation(): void {
    const { counters } = this.result;
    const rejected = Object.values(counters.events_rejected).reduce((sum, count) => sum + count, 0);
    expect(
      counters.events_accepted +
        counters.events_duplicate +
        rejected +
        counters.events_timeout +
        counters.events_lost_at_close,
      'events with a fate',
    ).toBe(counters.events_sent);
  }
}
