import type { BaseLatency } from '../metric/latencies.ts';
import type { Plan, PlannedPhase, StreamName } from './plan.ts';

type Planned = Pick<
  Plan,
  'relayProcesses' | 'load' | 'phases' | 'streams' | 'publish' | 'subscribe' | 'query' | 'connect' | 'corpus'
>;

/** Arrivals of a stream in the measured phases; Infinity where replies set the pace. */
export function measuredArrivals(plan: Pick<Plan, 'load' | 'phases' | 'streams'>, name: StreamName): number {
  if (plan.load.model === 'closed') return Number.POSITIVE_INFINITY;
  const perPhase = plan.streams.find((stream) => stream.name === name)?.perPhase ?? [];
  return perPhase.reduce((sum, count, i) => (plan.phases[i]?.kind === 'measured' ? sum + count : sum), 0);
}

/**
 * The same for each measured phase by itself, by its name. Empty where there is one phase only, which is the whole, and in
 * the closed model, where nobody can tell how many operations will fall into a phase.
 */
export function plannedByPhase(plan: Planned): ReadonlyMap<string, ReadonlyMap<BaseLatency, number>> {
  const measured = plan.phases.filter(({ kind }) => kind === 'measured');
  if (measured.length < 2 || plan.load.model === 'closed') return new Map();
  const alone = (one: PlannedPhase): Planned => ({
    ...plan,
    phases: plan.phases.map((phase) => (phase === one ? phase : { ...phase, kind: 'warm-up' })),
  });
  return new Map(measured.map((phase) => [phase.name, plannedSamples(alone(phase))]));
}

/**
 * The latencies that default gates bound, with the number of samples that the plan foresees: those of the
 * scenario's workloads. First events are expected only where a corpus gives queries something to find, and
 * connection times count only where connecting is the load.
 */
export function plannedSamples(plan: Planned): ReadonlyMap<BaseLatency, number> {
  const planned = new Map<BaseLatency, number>();
  const events = measuredArrivals(plan, 'publish');
  const queries = measuredArrivals(plan, 'query');
  if (plan.publish !== null) planned.set('ack_latency', events);
  if (plan.query !== null) {
    if (plan.corpus.events > 0) planned.set('first_event_latency', queries);
    planned.set('eose_latency', queries);
  }
  if (plan.subscribe !== null) {
    const { topics, connections } = plan.subscribe;
    // Of a replayed corpus only what somebody follows is delivered.
    const followed = events * (plan.corpus.named?.followedShare ?? 1);
    const deliveries = (followed * connections.count) / topics;
    planned.set('delivery_latency', Math.floor(deliveries));
    const { relayProcesses: relays } = plan;
    if (relays > 1) planned.set('delivery_cross_latency', Math.floor((deliveries * (relays - 1)) / relays));
    planned.set(
      'delivery_last_latency',
      Math.floor((followed * Math.min(topics, connections.count)) / topics),
    );
  }
  if (plan.connect !== null) planned.set('connect_latency', measuredArrivals(plan, 'connect'));
  return planned;
}
