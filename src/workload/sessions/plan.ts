import { NS_PER_S } from '../../base/clock.ts';
import { formatDurationMs } from '../../base/duration.ts';
import { streamText, timeoutText, whole } from '../../plan/describe-text.ts';
import type { ConnectionRange } from '../../plan/parts.ts';
import { measuredArrivals } from '../../plan/planned-arrivals.ts';
import { rangeFromLast } from '../../plan/split.ts';
import { meanStayMs, presentAtOnce, type Stay } from '../../plan/stay.ts';
import { PLAIN_PLANNER, type PlanView, type WorkloadPlanner } from '../../plan/workload-planner.ts';
import { type Beside, clientsFromStart, type SessionsForm } from './form.ts';

/** Inclusive, evenly distributed between them. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface SessionsPlan {
  /** Of clients that are there from the start. */
  readonly connections: ConnectionRange;
  readonly stay: Stay;
  /** Subscriptions that a client keeps open. */
  readonly subscriptions: Range;
  /** ms. */
  readonly query: Range;
  /** ms. */
  readonly write: Range;
  readonly contentBytes: number;
  /** Throwaway keys that sign notes. */
  readonly authors: number;
  readonly timeoutMs: number;
}

/** The workloads of a scenario that it looks at. */
export interface Asked extends Beside {
  readonly sessions?: SessionsForm | undefined;
}

const AUTHORS = 100;
/** Above the mean, so that chance does not exceed it. */
const MARGIN = 1.5;
/** Clients may have left, and what is planned must come about. */
const SURELY = 0.9;

/** How real clients are planned. */
export const sessionsPlanner: WorkloadPlanner<Asked, SessionsPlan> = {
  ...PLAIN_PLANNER,
  role: 'clients from the start',
  receives: true,
  plan: (scenario, { workers }) => {
    const { workloads, connections: all } = scenario;
    const { sessions } = workloads;
    if (sessions === undefined) return null;
    const { stay, subscriptions, query, write, contentBytes, timeout } = sessions;
    return {
      connections: rangeFromLast(clientsFromStart(scenario), all.count, workers),
      stay: { medianMs: stay.median, sigma: stay.sigma },
      ...{ subscriptions, query, write, contentBytes, authors: AUTHORS, timeoutMs: timeout },
    };
  },
  stream: ({ workloads: { sessions } }) =>
    sessions === undefined
      ? null
      : { name: 'sessions', rate_per_s: sessions.rate, arrivals: sessions.arrivals, opens: true },
  corpus: ({ workloads: { sessions } }) => (sessions === undefined ? {} : { isAsked: true }),
  constraints: (scenario) =>
    scenario.workloads.sessions === undefined ? {} : { most: clientsFromStart(scenario) },
  timeoutMs: ({ timeoutMs }, { connections }) => Math.max(timeoutMs, connections.timeoutMs),
  /** Those that it keeps open, and two that it closes after EOSE. */
  subscriptions: ({ subscriptions }) => subscriptions.to + 2,
  opens: (part, plan) => {
    const total = streamOf(plan)?.total ?? 0;
    const more = Math.ceil(inTheLongRun(part, plan) * MARGIN) - part.connections.count;
    return { numbers: total, atOnce: Math.min(total, Math.max(0, more)) };
  },
  planned: (part, plan) => {
    const came = measuredArrivals(plan, 'sessions');
    const clients = Math.min(part.connections.count, inTheLongRun(part, plan)) * SURELY;
    const times = (range: Range): number => (clients * measuredMs(plan) * 2) / (range.from + range.to);
    return [
      ['connect_latency', came],
      ['session_ready_latency', came],
      ['session_request_latency', Math.floor(times(part.query))],
      ['session_write_latency', Math.floor(times(part.write))],
    ];
  },
  describe: (part, plan) => {
    const { stay, subscriptions, query, write, connections } = part;
    const mean = formatDurationMs(Math.round(meanStayMs(stay)));
    const present = `${whole(connections.count)} from the start, ${whole(inTheLongRun(part, plan))} in the long run`;
    return [
      ['sessions', `${streamText(plan, 'sessions', 'clients')}; ${present}; ${timeoutText(part)}`],
      ['  stay', `median ${formatDurationMs(stay.medianMs)}, mean ${mean}, lognormal`],
      ['  open', `${subscriptions.from} to ${subscriptions.to} subscriptions a client`],
      ['  ask', `every ${between(query)} a client`],
      ['  write', `every ${between(write)} a client, ${whole(part.contentBytes)} B`],
    ];
  },
};

function between({ from, to }: Range): string {
  return `${formatDurationMs(from)} to ${formatDurationMs(to)}`;
}

function streamOf({ streams }: Pick<PlanView, 'streams'>): PlanView['streams'][number] | undefined {
  return streams.find(({ name }) => name === 'sessions');
}

/** How many clients are there at once where the run lasts for long, at level 1. */
function inTheLongRun({ stay }: SessionsPlan, plan: PlanView): number {
  return presentAtOnce(streamOf(plan)?.rate_per_s ?? 0, stay);
}

function measuredMs({ phases }: PlanView): number {
  const measured = phases.filter(({ kind }) => kind === 'measured');
  return measured.reduce((sum, { startNs, endNs }) => sum + (endNs - startNs) / NS_PER_S, 0) * 1_000;
}
