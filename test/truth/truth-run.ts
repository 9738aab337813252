import { expect } from 'vitest';
import type { LatencyHistogram } from '../../src/metric/histogram.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { RunResult } from '../../src/result/run-result.ts';
import type { RelayStats } from '../support/scripted-relay/stats.ts';

/** Lateness of either side below this is within the tolerances; more is added to the upper bounds. */
const TOLERATED_LATENESS_MS = 1;

/** Inclusive bounds in milliseconds. */
export type Bounds = readonly [from_ms: number, to_ms: number];

/** A finished run beside what the scripted relay knows about it. */
export class TruthRun {
  readonly plan: Plan;
  readonly result: RunResult;
  readonly relay: RelayStats;
  /** Numbers that were beyond their bound, but not by more than the host was late: none on a quiet one. */
  readonly excused: string[] = [];

  constructor(plan: Plan, result: RunResult, relay: RelayStats) {
    this.plan = plan;
    this.result = result;
    this.relay = relay;
  }

  /** Why the figures can't be trusted. */
  get reasons(): readonly string[] {
    const { invalidities, generator } = this.result;
    return [...invalidities, ...generator.doubts].map(({ text }) => text);
  }

  get isValid(): boolean {
    return this.reasons.length === 0;
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
      const late_ms = Number(q) === 1 ? this.#lateness('max') : this.lateness_ms;
      this.#expectWithin(`${series} p${Number(q) * 100}`, this.quantileMs(series, Number(q)), bound, late_ms);
    }
  }

  /**
   * How late relay and generator were in this run by their own account (p99), as far as it is more than a quiet
   * host shows. A valid run bounds the generator's part.
   */
  get lateness_ms(): number {
    return this.#lateness('p99');
  }

  /** The same at a percentile: the maximum of a latency meets the maximum of lateness, not its p99. */
  #lateness(at: 'p99' | 'max'): number {
    const { sendLag_us, eventLoopDelay_us } = this.result.generator;
    return [this.relay.lateness_us[at], sendLag_us[`${at}_us`] ?? 0, eventLoopDelay_us[`${at}_us`] ?? 0]
      .map((late_us) => late_us / 1_000)
      .filter((late_ms) => late_ms > TOLERATED_LATENESS_MS)
      .reduce((sum, late_ms) => sum + late_ms, 0);
  }

  /**
   * Assert a number that the relay's script fixes. The lower bound is strict: nothing can be faster than the
   * script. The upper one allows for {@link lateness_ms}.
   */
  expectMs(what: string, actual_ms: number, bounds: Bounds): void {
    this.#expectWithin(what, actual_ms, bounds, this.lateness_ms);
  }

  #expectWithin(what: string, actual_ms: number, [from_ms, to_ms]: Bounds, late_ms: number): void {
    const message = `${what} is ${actual_ms} ms, expected ${from_ms}–${to_ms} and ${late_ms.toFixed(2)} for a noisy host`;
    expect(actual_ms, message).toBeGreaterThanOrEqual(from_ms);
    expect(actual_ms, message).toBeLessThanOrEqual(to_ms + late_ms);
    if (actual_ms > to_ms) this.excused.push(message);
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
