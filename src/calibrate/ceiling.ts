import { NS_PER_S } from '../base/clock.ts';
import type { Plan } from '../plan/plan.ts';
import { CEILING_LIMIT } from '../record/ceiling.ts';
import type { Ceiling } from '../record/schema.ts';
import type { RunResult } from '../result/run-result.ts';
import type { Calibration, EventsCeiling } from './calibration.ts';
import type { Lookup } from './lookup.ts';

/** Connections on which queries are calibrated. */
export const QUERY_CONNECTIONS = 64;

/** The ceiling that a run is held against, or why it is unknown. */
export type RunCeiling = { readonly ceiling: Ceiling } | { readonly ceiling: null; readonly reason: string };

/** What of a run decides how near its generator came to the ceiling. */
export type CeilingRun = Pick<RunResult, 'load' | 'counters'> & {
  readonly generator: Pick<RunResult['generator'], 'eventLoopUtilization' | 'agents'>;
};

/**
 * How near the generator came to what it can do on this machine.
 *
 * Open model: every operation takes its part of a second of CPU by the calibration; the parts of the busiest
 * phase add up to the share. Closed model: how fast a generator can go depends on the window and on how the relay
 * bundles its answers, so the run's own utilisation tells: what a worker does while it is busy all the time.
 */
export function ceilingOf(found: Lookup, plan: Plan, run: CeilingRun): RunCeiling {
  if (plan.load.model === 'closed') return closedCeiling(plan, run);
  if (run.generator.agents !== undefined)
    return {
      ceiling: null,
      reason: 'agents carried out the load, and what their machines can do is unknown',
    };
  if (found.calibration === null) return { ceiling: null, reason: found.reason };
  if (!usesCalibratedTransport(plan)) {
    return {
      ceiling: null,
      reason: 'the calibration holds for the raw transport over ws://, which this run does not use',
    };
  }
  return { ceiling: openCeiling(found.calibration, plan, run) };
}

function closedCeiling(plan: Plan, { load, generator }: CeilingRun): RunCeiling {
  const share = generator.eventLoopUtilization.mean;
  if (share === null || share <= 0) {
    return { ceiling: null, reason: 'the utilisation of the generator was not measured' };
  }
  const ceiling: Ceiling = {
    basis: 'own-utilization',
    calibratedAt: null,
    eventsPerSecond: load.achieved.eventsPerSecond / plan.workers / share,
    queriesPerSecond: null,
    deliveriesPerSecond: null,
    connectionsPerSecond: null,
    share,
    limit: CEILING_LIMIT,
  };
  return { ceiling };
}

function openCeiling(calibration: Calibration, plan: Plan, run: CeilingRun): Ceiling {
  const { workers } = plan;
  const { publish, query, subscribe, connect } = plan.workloads;
  const perWorker = (connections: number): number => Math.ceil(connections / workers);
  const receives = subscribe !== undefined || query !== undefined;
  const limits = {
    eventsPerSecond:
      publish === undefined
        ? null
        : eventsPerCpuSecond(calibration.events, perWorker(publish.connections.count)),
    queriesPerSecond:
      query === undefined ? null : queriesPerCpuSecond(calibration, perWorker(query.connections.count)),
    deliveriesPerSecond: receives ? calibration.deliveriesPerCpuSecond : null,
    connectionsPerSecond: connect === undefined ? null : calibration.connectionsPerCpuSecond,
  };
  const rates = ratesOf(plan, run);
  const used = (rate: number, limit: number | null): number => (limit === null ? 0 : rate / limit);
  const mean =
    used(rates.events, limits.eventsPerSecond) +
    used(rates.queries, limits.queriesPerSecond) +
    used(rates.received, limits.deliveriesPerSecond) +
    used(rates.connections, limits.connectionsPerSecond);
  return {
    basis: 'calibration',
    calibratedAt: calibration.calibratedAt,
    ...limits,
    share: (mean * peakOverMean(run.load)) / workers,
    limit: CEILING_LIMIT,
  };
}

/**
 * Events per second of CPU on that many connections. Fewer events share a system call the more connections there
 * are: the rate falls along a line in logarithms, so it is interpolated there; outside it stays as it is.
 */
export function eventsPerCpuSecond(points: readonly EventsCeiling[], connections: number): number {
  const above = points.findIndex((point) => point.connections >= connections);
  const high = points[above === -1 ? points.length - 1 : above] as EventsCeiling;
  const low = points[above - 1];
  if (low === undefined || above === -1) return high.perCpuSecond;
  const position = Math.log(connections / low.connections) / Math.log(high.connections / low.connections);
  return low.perCpuSecond * (high.perCpuSecond / low.perCpuSecond) ** position;
}

/** Queries are calibrated on one number of connections; on another they cost more or less as events do. */
function queriesPerCpuSecond(
  { events, queriesPerCpuSecond: calibrated }: Calibration,
  connections: number,
): number {
  const factor = eventsPerCpuSecond(events, connections) / eventsPerCpuSecond(events, QUERY_CONNECTIONS);
  return calibrated * factor;
}

interface Rates {
  readonly events: number;
  readonly queries: number;
  /** Events received, live or stored. */
  readonly received: number;
  readonly connections: number;
}

/** Mean rates over the measured phases, all workers; storms of connections over the whole load. */
function ratesOf(plan: Plan, { load, counters }: CeilingRun): Rates {
  const perSecond = (count: number, seconds: number): number => (seconds > 0 ? count / seconds : 0);
  const received =
    counters.deliveries_received + counters.deliveries_duplicate + counters.query_events_received;
  const opened = Math.max(0, load.connections.requested - plan.connections.count);
  const load_s = load.measured_s + (plan.phases[0]?.kind === 'warm-up' ? plan.phases[0].endNs / NS_PER_S : 0);
  return {
    events: perSecond(counters.events_sent, load.measured_s),
    queries: perSecond(counters.queries_sent, load.measured_s),
    received: perSecond(received, load.measured_s),
    connections: perSecond(opened, load_s),
  };
}

/** Levels scale all streams alike, so the phase that offers most is busiest in everything. */
function peakOverMean({ phases, measured_s }: CeilingRun['load']): number {
  const measured = phases.filter((phase) => phase.kind === 'measured');
  const offered = measured.reduce((sum, phase) => sum + phase.offered, 0);
  if (offered === 0 || measured_s === 0) return 1;
  const peak = Math.max(...measured.map((phase) => phase.offered / (phase.end_s - phase.start_s)));
  return Math.max(1, peak / (offered / measured_s));
}

function usesCalibratedTransport({ targets, connections }: Plan): boolean {
  return connections.transport !== 'ws' && targets.every((target) => target.startsWith('ws://'));
}
