import { NS_PER_MS } from '../../base/clock.ts';
import { formatDurationMs } from '../../base/duration.ts';
import { number, timeoutText, whole } from '../../plan/describe-text.ts';
import type { TracedLoad } from '../../plan/parts.ts';
import { PLAIN_PLANNER, type WorkloadPlanner } from '../../plan/workload-planner.ts';
import type { RecordedForm } from './form.ts';

export interface RecordedPlan {
  /** Null where it was not looked up. */
  readonly trace: TracedLoad | null;
  /** So many times as fast as it was recorded. */
  readonly factor: number;
  readonly timeoutMs: number;
}

/** The workloads of a scenario that it looks at. */
export interface Asked {
  readonly recorded?: RecordedForm | undefined;
}

/** How what real clients did is planned. */
export const recordedPlanner: WorkloadPlanner<Asked, RecordedPlan> = {
  ...PLAIN_PLANNER,
  role: 'replaying',
  receives: true,
  plan: ({ workloads: { recorded: replay } }, { trace }) =>
    replay === undefined ? null : { trace, factor: replay.factor, timeoutMs: replay.timeout },
  timeoutMs: ({ timeoutMs }, { connections }) => Math.max(timeoutMs, connections.timeoutMs),
  subscriptions: ({ trace }) => trace?.subscriptions ?? 0,
  opens: ({ trace }) =>
    trace === null
      ? { numbers: 0, atOnce: 0 }
      : { numbers: trace.connections, atOnce: trace.atOnce, isTimed: true },
  planned: ({ trace }) => {
    if (trace === null) return [];
    const { REQ, EVENT, COUNT } = trace.messages;
    const asked = [
      ['connect_latency', trace.connections],
      ['replay_latency', REQ + EVENT + COUNT],
    ] as const;
    // Of what never happens there is no percentile.
    return asked.filter(([, samples]) => samples > 0);
  },
  describe: (part) => {
    const { trace, factor } = part;
    if (trace === null) return [['recorded', 'a trace, which was not looked up']];
    const { REQ, EVENT, COUNT, CLOSE } = trace.messages;
    const lengthMs = Math.round(trace.spanNs / NS_PER_MS / factor);
    return [
      ['recorded', `${trace.path}; ${timeoutText(part)}`],
      ['  pace', `${number(factor)} times the recorded one: ${formatDurationMs(lengthMs)}`],
      ['  connections', `${whole(trace.connections)}, at most ${whole(trace.atOnce)} at once`],
      [
        '  messages',
        `${whole(REQ)} REQ, ${whole(EVENT)} EVENT, ${whole(COUNT)} COUNT, ${whole(CLOSE)} CLOSE; ${whole(trace.passedOver)} are not offered again`,
      ],
    ];
  },
};
