import { monotonicNs, NS_PER_MS } from '../../base/clock.ts';
import { until } from '../../base/until.ts';
import { longestTimeoutMs } from '../../plan/longest-timeout.ts';
import type { Plan } from '../../plan/plan.ts';

/** What a worker has under way. */
export interface UnderWay {
  /** Operations that wait for their reply, for their handshake or for a socket that takes them. */
  readonly pending: () => number;
  /** Acknowledged events that have not reached all their subscribers. */
  readonly incomplete: () => number;
  /** Told a few times a second how many are pending. */
  readonly onPending: (pending: number) => void;
}

type DrainPlan = Parameters<typeof longestTimeoutMs>[0] & Pick<Plan, 'drainMs'>;

const TELL_EVERY_MS = 500;
/** Deadlines are looked at a few times a second, and what was due last may have been written late. */
const SLACK_MS = 1_000;

/**
 * Waits for what is under way when offering ends. An operation has its whole timeout, whenever it began: an answer that
 * comes in time is not a lost one because the run was about to end. Deliveries have no deadline of their own: after the
 * last operation has ended, the drain of the plan is theirs. Ends as soon as nothing is under way.
 */
export async function drain(plan: DrainPlan, { pending, incomplete, onPending }: UnderWay): Promise<void> {
  const timer = setInterval(() => onPending(pending()), TELL_EVERY_MS);
  const inMs = (ms: number): number => monotonicNs() + ms * NS_PER_MS;
  // Frames that no socket takes have no deadline; they are not waited for any longer than the others.
  await until(() => pending() === 0, inMs(longestTimeoutMs(plan) + SLACK_MS));
  await until(() => incomplete() === 0, inMs(plan.drainMs));
  clearInterval(timer);
}
