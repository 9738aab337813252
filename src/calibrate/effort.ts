import { WARM_UP_LEVEL } from './measure.ts';

/** How finely a machine is calibrated: the rates of each climb, per second. */
export interface Effort {
  readonly isQuick: boolean;
  readonly events: readonly { readonly connections: number; readonly rates: readonly number[] }[];
  readonly onTime: OnTimeEffort;
  readonly queries: readonly number[];
  readonly deliveries: readonly number[];
  /** New connections in the second that counts; all of them stay open. */
  readonly connections_per_s: number;
  /** CPU time spent on signing alone. */
  readonly signing_us: number;
}

/** How exactly the highest rate on time is found, and on how many connections. */
export interface OnTimeEffort {
  readonly connections: readonly number[];
  /** How long a rate must be held. */
  readonly hold_s: number;
  /** Factor between two rates until the limit lies between them, and at which the search ends. */
  readonly step: number;
  readonly precision: number;
}

/** The number of connections whose climb passes through {@link LAG_RATES}. */
export const LAG_CONNECTIONS = 64;
/** Rates at which the lateness of the generator is kept. */
export const LAG_RATES: readonly number[] = [1_000, 10_000, 50_000];

/** Climbs end where a worker can't follow, so the last rates are for machines that are much faster than today's. */
export const FULL: Effort = {
  isQuick: false,
  events: [
    { connections: 1, rates: [100_000, 200_000, 300_000, 450_000, 700_000, 1_200_000] },
    {
      connections: LAG_CONNECTIONS,
      rates: [...LAG_RATES, 80_000, 110_000, 150_000, 200_000, 270_000, 400_000, 800_000],
    },
    {
      connections: 1_000,
      rates: [10_000, 20_000, 30_000, 40_000, 55_000, 75_000, 100_000, 200_000, 500_000],
    },
  ],
  onTime: { connections: [1, LAG_CONNECTIONS, 1_000], hold_s: 2, step: 1.5, precision: 1.1 },
  queries: [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 400_000],
  deliveries: [200_000, 500_000, 1_000_000, 2_000_000, 4_000_000],
  connections_per_s: 5_000,
  signing_us: 500_000,
};

/** One step that saturates; only the climb that also tells the lateness has more. */
export const QUICK: Effort = {
  isQuick: true,
  events: [
    { connections: 1, rates: [700_000] },
    { connections: LAG_CONNECTIONS, rates: [...LAG_RATES, 400_000] },
    { connections: 1_000, rates: [200_000] },
  ],
  onTime: { connections: [LAG_CONNECTIONS], hold_s: 1, step: 2, precision: 1.42 },
  queries: [100_000],
  deliveries: [3_000_000],
  connections_per_s: 3_000,
  signing_us: 200_000,
};

/** Connections that are open at once at most. */
export function mostConnections({ events, onTime, connections_per_s }: Effort): number {
  const published = events.map(({ connections }) => connections);
  return Math.max(...published, ...onTime.connections, storm(connections_per_s));
}

/**
 * The same with no larger a storm of connections than a process may hold.
 * @param openFiles descriptors of one process; null where unknown
 */
export function withinLimit(effort: Effort, openFiles: number | null): Effort {
  if (openFiles === null || storm(effort.connections_per_s) <= openFiles - SPARE_DESCRIPTORS) return effort;
  const connections_per_s = Math.floor((openFiles - SPARE_DESCRIPTORS) / (1 + WARM_UP_LEVEL));
  return { ...effort, connections_per_s: Math.max(LEAST_STORM, connections_per_s) };
}

/** For modules, pipes and everything else that is no connection. */
const SPARE_DESCRIPTORS = 300;
/** Fewer connections in a second are lost in what a worker does besides. */
const LEAST_STORM = 500;

function storm(connections_per_s: number): number {
  return Math.ceil(connections_per_s * (1 + WARM_UP_LEVEL)) + 1;
}
