import { type ClockNs, NS_PER_US } from '../base/clock.ts';
import type { ControlBus } from './bus.ts';

/** Of so many questions the quickest answer counts. */
const QUESTIONS = 15;

/** The common clock as one machine sees it. */
export interface CommonClock {
  /** Round trip of the question that counts, µs: an instant may be wrong by half of it. */
  readonly roundTrip_us: number;
  /** An instant of this machine's monotonic clock as one of the common clock, µs. */
  toCommonUs(monotonicNs: number): number;
  /** The way back. */
  toMonotonicNs(commonUs: number): number;
}

/** Measures how far this machine's monotonic clock is from that of the bus. */
export async function readCommonClock(bus: Pick<ControlBus, 'timeUs'>, clock: ClockNs): Promise<CommonClock> {
  let roundTripNs = Number.POSITIVE_INFINITY;
  let offsetUs = 0;
  for (let question = 0; question < QUESTIONS; question++) {
    const askedNs = clock();
    const commonUs = await bus.timeUs();
    const tookNs = clock() - askedNs;
    if (tookNs >= roundTripNs) continue;
    roundTripNs = tookNs;
    offsetUs = commonUs - (askedNs + tookNs / 2) / NS_PER_US;
  }
  return {
    roundTrip_us: Math.round(roundTripNs / NS_PER_US),
    toCommonUs: (ns) => Math.round(ns / NS_PER_US + offsetUs),
    toMonotonicNs: (us) => (us - offsetUs) * NS_PER_US,
  };
}

/** How far the first clock is behind the second one now, µs: what the machine's own clock has drifted in between. */
export function driftUs(before: CommonClock, after: CommonClock, nowNs: number): number {
  return after.toCommonUs(nowNs) - before.toCommonUs(nowNs);
}
