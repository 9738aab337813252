import { NS_PER_S } from '../base/clock.ts';
import { ACCOUNTS } from '../metric/accounts.ts';
import { createPacer } from '../plan/pacer.ts';
import type { PlannedPhase } from '../plan/parts.ts';
import type { Plan } from '../plan/plan.ts';

/** What a plan offers, by second and by phase, whichever workers carry it out. */
export interface Offered {
  /** Arrivals of {@link operationStreams} scheduled in each second after the start. */
  readonly perSecond: readonly number[];
  /** Arrivals of one stream scheduled in phase `index` and before the cut. */
  of(stream: string, phase: number): number;
}

/**
 * Count the arrivals of an open-model plan. The closed model has no schedule: it offers nothing in advance.
 * @param cutNs offset at which offering was stopped; `Infinity` for a complete run
 */
export function countOffered(plan: Plan, cutNs: number): Offered {
  const perSecond: number[] = [];
  const counts = new Map<string, number>();
  const increase = (key: string): Map<string, number> => counts.set(key, (counts.get(key) ?? 0) + 1);
  const operations = operationStreams(plan);
  for (const stream of plan.load.model === 'closed' ? [] : plan.streams) {
    const isOperation = operations.includes(stream.name);
    const pacer = createPacer(stream, plan.phases, plan.seed, { index: 0, count: 1 });
    for (let atNs = pacer.peekNs(); atNs < cutNs; atNs = pacer.peekNs()) {
      const second = Math.floor(atNs / NS_PER_S);
      if (isOperation) perSecond[second] = (perSecond[second] ?? 0) + 1;
      increase(`${stream.name}/${phaseAt(plan.phases, atNs)}`);
      pacer.advance();
    }
  }
  return { perSecond, of: (stream, phase) => counts.get(`${stream}/${phase}`) ?? 0 };
}

/** Index of the phase at an offset; the last one beyond the end. */
function phaseAt(phases: readonly PlannedPhase[], atNs: number): number {
  const index = phases.findIndex((phase) => atNs < phase.endNs);
  return index === -1 ? phases.length - 1 : index;
}

/** Whether some operations are counted as they come up, because no stream plans them. */
export function hasUnplanned({ latencies }: Pick<Plan, 'latencies'>): boolean {
  return ACCOUNTS.some(({ stream, answer }) => stream === null && latencies.includes(answer));
}

/** The streams whose arrivals are operations; where there are no operations at all, connections are what is offered. */
export function operationStreams(plan: Pick<Plan, 'streams' | 'latencies'>): readonly string[] {
  const names = plan.streams.map(({ name }) => name);
  const operations = names.filter((name) => ACCOUNTS.some(({ stream }) => stream === name));
  return operations.length === 0 && !hasUnplanned(plan) ? names : operations;
}
