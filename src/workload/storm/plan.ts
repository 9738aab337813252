import type { BackOff } from '../../base/back-off.ts';
import { NS_PER_MS } from '../../base/clock.ts';
import { formatDurationMs } from '../../base/duration.ts';
import { whole } from '../../plan/describe-text.ts';
import type { ConnectionRange } from '../../plan/parts.ts';
import { rangeFromFirst } from '../../plan/split.ts';
import { PLAIN_PLANNER, type WorkloadPlanner } from '../../plan/workload-planner.ts';
import type { CheckedScenario } from '../../scenario/inconsistency.ts';
import type { StormForm } from './form.ts';

/** Connections are cut, all at once. */
export interface Cut {
  /** After the start of the load. */
  readonly offsetNs: number;
  /** How clients come back this time. */
  readonly backOff: Required<BackOff>;
}

export interface StormPlan {
  /** Those that are cut. */
  readonly connections: ConnectionRange;
  /** In the order of their time. */
  readonly cuts: readonly Cut[];
}

/** The workloads of a scenario that it looks at. */
export interface Asked {
  readonly storm?: StormForm | undefined;
}

/** How storms are planned. */
export const stormPlanner: WorkloadPlanner<Asked, StormPlan> = {
  ...PLAIN_PLANNER,
  role: 'cut off',
  plan: (scenario) => {
    const { storm } = scenario.workloads;
    const { reconnect } = scenario.connections;
    if (storm === undefined || reconnect == null) return null;
    const cuts = storm.cuts.map(({ phase, at, jitter = reconnect.jitter }) => ({
      offsetNs: offsetMs(scenario, phase, at) * NS_PER_MS,
      backOff: { firstMs: reconnect.first, longestMs: reconnect.longest, hasJitter: jitter },
    }));
    const connections = rangeFromFirst(storm.connections ?? scenario.connections.count);
    return { connections, cuts: cuts.toSorted((a, b) => a.offsetNs - b.offsetNs) };
  },
  describe: ({ cuts, connections: { count } }) =>
    cuts.map(({ offsetNs, backOff }) => [
      'storm',
      `${whole(count)} connections cut ${formatDurationMs(offsetNs / NS_PER_MS)} after the start, back ${backOff.hasJitter ? 'with' : 'without'} jitter`,
    ]),
};

/** Of a place in a phase, after the start of the load. */
function offsetMs({ warmup, phases }: CheckedScenario<Asked>, name: string, at: number): number {
  const index = phases.findIndex((phase) => phase.name === name);
  const before = phases.slice(0, index).reduce((sum, { duration }) => sum + duration, warmup);
  return before + (phases[index]?.duration ?? 0) * at;
}
