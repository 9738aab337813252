import type { ComponentUsage, RunRecord } from '../../src/record/schema.ts';
import { sampleRecord } from './sample-record.ts';

/** What a component is like in one second; cores, and what it says of itself. */
export interface SampleAt {
  readonly cpu: number;
  /** Part of the periods of its CPU quota that it had used up. */
  readonly throttled?: number;
  readonly figures?: Readonly<Record<string, number>>;
}

/** A component with a sample a second, as `at` says; as long as the sample record is measured. */
export function sampled(name: string, role: string, at: (second: number) => SampleAt): ComponentUsage {
  const samples = Array.from({ length: SECONDS + 1 }, (_, t) => {
    const { cpu, throttled, figures } = at(t - 1);
    return {
      t,
      cpuShare: t === 0 ? null : cpu,
      rss_bytes: 50_000_000,
      ...(t === 0 || throttled === undefined ? {} : { throttled }),
      figures: figures === undefined ? null : { ...figures },
    };
  });
  const cpu_s = samples.reduce((sum, { cpuShare }) => sum + (cpuShare ?? 0), 0);
  return { name, role, pid: 1, cpu_s, cpuShare: cpu_s / SECONDS, rssMax_bytes: 50_000_000, samples };
}

/** Seconds of the measured phase of {@link stackRecord}. */
export const SECONDS = 12;
const WARM_UP_S = 3;

/** Parts of a scaled stack that are all at ease. */
export const AT_EASE: Readonly<Record<string, ComponentUsage>> = {
  haproxy: sampled('haproxy', 'load balancer', () => ({ cpu: 0.1 })),
  'haproxy-db': sampled('haproxy-db', 'database balancer', () => ({ cpu: 0.1 })),
  relay: sampled('relay-1', 'relay', () => ({
    cpu: 0.2,
    figures: { loopBusy: 0.2, loopDelayP99_ms: 1, verifyQueue: 0, poolWaiting: 0 },
  })),
  primary: sampled('postgres-1', 'Postgres primary', () => ({
    cpu: 0.2,
    figures: { active: 1, running: 0, waitingForLocks: 0, waitingForIo: 0 },
  })),
  replica: sampled('postgres-2', 'Postgres replica', () => ({
    cpu: 0.1,
    figures: { active: 0, running: 0, waitingForLocks: 0, waitingForIo: 0, replayLag_ms: 3 },
  })),
  pubsub: sampled('pubsub', 'Redis pub/sub', () => ({ cpu: 0.05 })),
};

/** A run of a stack on eight cores: 3 s of warm-up, 12 s measured, every part at ease but those that are given. */
export function stackRecord(
  parts: Readonly<Record<string, ComponentUsage>> = {},
  changes: Partial<RunRecord> = {},
): RunRecord {
  const base = sampleRecord('pass');
  const row = base.intervals.find(({ offered }) => offered > 0);
  if (row === undefined) throw new Error('the sample has no second with load');
  const phase = { level: 1, offered: 1_000, sent: 1_000 };
  return {
    ...base,
    target: { ...base.target, kind: 'stack' },
    environment: { ...base.environment, cpus: 8, sameHostAsTarget: true, others: undefined },
    load: {
      ...base.load,
      phases: [
        { ...phase, name: 'warm-up', kind: 'warm-up', start_s: 0, end_s: WARM_UP_S },
        { ...phase, name: 'steady', kind: 'measured', start_s: WARM_UP_S, end_s: WARM_UP_S + SECONDS },
      ],
    },
    intervals: Array.from({ length: WARM_UP_S + SECONDS }, (_, t) => ({
      ...row,
      t,
      phase: t < WARM_UP_S ? 'warm-up' : 'steady',
      cpu: 0.3,
    })),
    generator: { ...base.generator, doubts: [] },
    components: Object.values({ ...AT_EASE, ...parts }),
    ...changes,
  };
}
