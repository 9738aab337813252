import { setTimeout as wait } from 'node:timers/promises';
import { monotonicNs, NS_PER_MS, NS_PER_S } from '../../base/clock.ts';
import type { CapacityStep } from '../../capacity/schema.ts';
import type { Plan } from '../../plan/plan.ts';
import type { RunRecord } from '../../record/schema.ts';

/** What a target needs to come to rest. */
export interface CoolDownRequest {
  /** The lightest load of the search, a second long. */
  readonly plan: Plan;
  readonly measure: (plan: Plan) => Promise<RunRecord>;
  readonly isInterrupted: () => boolean;
  /** Longer it does not wait, besides the run that it is in then; a minute at most in any case. */
  readonly mostMs: number;
  readonly nowNs?: () => number;
  readonly pauseMs?: number;
}

/** Longer no search waits; it says so, and goes on. */
const MOST_WAIT_MS = 60_000;
const PAUSE_MS = 1_000;

/**
 * Waits until a target that was overloaded answers a light load within its gates again: then what it had queued is done,
 * also where it was never answered.
 */
export async function coolDown(request: CoolDownRequest): Promise<NonNullable<CapacityStep['coolDown']>> {
  const { plan, measure, isInterrupted, mostMs, nowNs = monotonicNs, pauseMs = PAUSE_MS } = request;
  const beganNs = nowNs();
  const mostNs = Math.min(mostMs, MOST_WAIT_MS) * NS_PER_MS;
  const waited_s = (): number => (nowNs() - beganNs) / NS_PER_S;
  for (;;) {
    const { verdict } = await measure(plan);
    if (verdict === 'pass' || isInterrupted()) return { waited_s: waited_s(), calm: verdict === 'pass' };
    if (nowNs() - beganNs >= mostNs) return { waited_s: waited_s(), calm: false };
    await wait(pauseMs);
  }
}
