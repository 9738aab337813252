import { NS_PER_S } from '../../base/clock.ts';
import { formatDurationMs } from '../../base/duration.ts';
import { perSecond, timeoutText, whole } from '../../plan/describe-text.ts';
import type { ConnectionRange } from '../../plan/parts.ts';
import { measuredArrivals } from '../../plan/planned-arrivals.ts';
import { rangeFromLast } from '../../plan/split.ts';
import { PLAIN_PLANNER, type WorkloadPlanner } from '../../plan/workload-planner.ts';
import type { VisibilityForm } from './form.ts';

export interface VisibilityPlan {
  /** Those that ask. */
  readonly connections: ConnectionRange;
  /** Events a second that are watched at most, over all workers. */
  readonly samples_per_s: number;
  readonly everyMs: number;
  /** Events that one worker watches at once. */
  readonly atOnce: number;
  /** Polls a second that there can be at most, over all workers. */
  readonly mostPolls_per_s: number;
  readonly timeoutMs: number;
}

export interface Asked {
  readonly visibility?: VisibilityForm | undefined;
}

/** How watching is planned. */
export const visibilityPlanner: WorkloadPlanner<Asked, VisibilityPlan> = {
  ...PLAIN_PLANNER,
  role: 'watching',
  subscriptions: () => 1,
  plan: ({ workloads: { visibility }, connections }, { workers }) =>
    visibility === undefined
      ? null
      : {
          connections: rangeFromLast(visibility.connections ?? connections.count, connections.count, workers),
          samples_per_s: visibility.samples,
          everyMs: visibility.every,
          atOnce: visibility.atOnce,
          mostPolls_per_s: (workers * visibility.atOnce * 1_000) / visibility.every,
          timeoutMs: visibility.timeout,
        },
  /** Each worker needs one connection that writes and another one that asks. */
  constraints: ({ workloads: { visibility }, connections }) =>
    visibility === undefined
      ? {}
      : { most: Math.min(visibility.connections ?? connections.count, Math.floor(connections.count / 2)) },
  planned: ({ samples_per_s }, plan) => {
    const measured = plan.phases.filter(({ kind }) => kind === 'measured');
    const seconds = measured.reduce((sum, { startNs, endNs }) => sum + (endNs - startNs) / NS_PER_S, 0);
    const most = Math.min(samples_per_s * seconds, measuredArrivals(plan, 'publish'));
    return [['visibility_latency', Math.floor(most)]];
  },
  describe: (part) => {
    const watched = `at most ${perSecond(part.samples_per_s)} of the events watched`;
    const polled = `asked for every ${formatDurationMs(part.everyMs)}, ${whole(part.atOnce)} at once`;
    const polls = `at most ${whole(part.mostPolls_per_s)} polls/s`;
    return [['visibility', `${watched}, ${polled}: ${polls}; ${timeoutText(part)}`]];
  },
};
