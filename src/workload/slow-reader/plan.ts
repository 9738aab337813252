import { whole } from '../../plan/describe-text.ts';
import { type CommonPlan, PLAIN_PLANNER, type WorkloadPlanner } from '../../plan/workload-planner.ts';
import type { SubscribeForm } from '../subscribe/form.ts';
import type { SlowReaderForm } from './form.ts';

export interface SlowReaderPlan extends CommonPlan {
  /** Clients that read slowly, over all workers. */
  readonly readers: number;
  readonly bytes_per_s: number;
  /** Topics that they are spread over. */
  readonly topics: number;
  /** Names of the phases in which they do; null for all of them. */
  readonly during: readonly string[] | null;
}

/** The workloads of a scenario that it looks at. */
export interface Asked {
  readonly subscribe?: SubscribeForm | undefined;
  readonly 'slow-reader'?: SlowReaderForm | undefined;
}

/** How clients that read slowly are planned. */
export const slowReaderPlanner: WorkloadPlanner<Asked, SlowReaderPlan> = {
  ...PLAIN_PLANNER,
  role: 'reading slowly',
  drains: true,
  receives: true,
  plan: ({ workloads: { subscribe, 'slow-reader': slow } }) =>
    slow === undefined
      ? null
      : {
          readers: slow.connections,
          bytes_per_s: slow.bytesPerSecond,
          topics: subscribe?.topics ?? 1,
          during: slow.during ?? null,
        },
  opens: ({ readers }) => ({ numbers: readers, atOnce: readers }),
  describe: ({ readers, bytes_per_s, during }) => {
    const when = during === null ? '' : `, in ${during.join(', ')}`;
    return [
      ['slow-reader', `${whole(readers)} clients more, each reads ${whole(bytes_per_s)} B/s at most${when}`],
    ];
  },
};
