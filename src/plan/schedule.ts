import { NS_PER_MS, NS_PER_S } from '../base/clock.ts';
import type { Scenario } from '../scenario/schema.ts';
import { countArrivals } from './count-arrivals.ts';
import type { PacedStream } from './pacer.ts';
import type { PlannedPhase, StreamPlan } from './plan.ts';

export const WARM_UP = 'warm-up';

/** Warm-up, where there is one, then the measured phases, without a gap. */
export function planPhases({ warmup, phases }: Scenario): readonly PlannedPhase[] {
  let atMs = 0;
  const next = (
    durationMs: number,
    phase: Pick<PlannedPhase, 'name' | 'kind' | 'levelStart' | 'levelEnd'>,
  ): PlannedPhase => {
    const startNs = Math.round(atMs * NS_PER_MS);
    atMs += durationMs;
    return { ...phase, startNs, endNs: Math.round(atMs * NS_PER_MS) };
  };
  const warmUp =
    warmup > 0 ? [next(warmup, { name: WARM_UP, kind: 'warm-up', levelStart: 1, levelEnd: 1 })] : [];
  const measured = phases.map(({ name, duration, level, rampTo = level }) =>
    next(duration, { name, kind: 'measured', levelStart: level, levelEnd: rampTo }),
  );
  return [...warmUp, ...measured];
}

/** What bounds the publishing of a corpus. */
export type PublishBounds = Pick<StreamPlan, 'limit' | 'recordedNs'>;

/** The stream of publishing; at the recorded pace its rate is the mean. */
export function publishStream(
  { load, workloads: { publish } }: Scenario,
  bounds: PublishBounds,
): PacedStream | null {
  if (publish === undefined) return null;
  const rate_per_s = load.model === 'closed' ? 0 : (publish.rate ?? meanRate(bounds.recordedNs));
  return { name: 'publish', rate_per_s, arrivals: publish.arrivals, ...bounds };
}

function meanRate(timesNs: Float64Array = new Float64Array()): number {
  const lastNs = timesNs.at(-1) ?? 0;
  return lastNs > 0 ? (timesNs.length * NS_PER_S) / lastNs : timesNs.length;
}

/** The streams of arrivals with their exact counts. */
export function planStreams(
  scenario: Scenario,
  phases: readonly PlannedPhase[],
  bounds: PublishBounds = {},
): readonly StreamPlan[] {
  const isClosed = scenario.load.model === 'closed';
  const { query, connect } = scenario.workloads;
  const streams: (PacedStream | null)[] = [
    publishStream(scenario, bounds),
    query ? { name: 'query', rate_per_s: isClosed ? 0 : query.rate, arrivals: query.arrivals } : null,
    connect ? { name: 'connect', rate_per_s: isClosed ? 0 : connect.rate, arrivals: connect.arrivals } : null,
  ];
  return streams.flatMap((stream) => {
    if (stream === null) return [];
    const perPhase = countArrivals(stream, phases, scenario.seed);
    return [{ ...stream, perPhase, total: perPhase.reduce((sum, count) => sum + count, 0) }];
  });
}
