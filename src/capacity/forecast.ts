import { ASSUMPTION_NAMES, ASSUMPTIONS, type Assumed, type AssumptionName, assumed } from './assumptions.ts';

/** What so many users ask of a service at its busiest hour, and what it takes to serve them. */
export interface ForecastRow {
  readonly users: number;
  readonly connections: number;
  /** At the busiest hour, a second. */
  readonly newEvents_per_s: number;
  readonly queries_per_s: number;
  readonly deliveries_per_s: number;
  /** Processes; null where no number of them is enough, see `binds`. */
  readonly relays: number | null;
  readonly balancers: number;
  /** Null where the replay of new events alone is too much for one. */
  readonly replicas: number | null;
  /** Cores, at the planned utilisation. */
  readonly verificationCores: number;
  readonly primaryCores: number;
  /** Of the one core that the pub/sub Redis can use; null where the number of relays is unknown. */
  readonly redisCores: number | null;
  readonly relayMemory_bytes: number;
  /** Growth of the database in 30 days at the mean load. */
  readonly storedPerMonth_bytes: number;
  /** To clients, at the busiest hour. */
  readonly network_bits_per_s: number;
  /** The part that can't be had twice and is used most, and its use: above 1 the architecture ends there. */
  readonly binds: { readonly part: 'primary' | 'pub/sub' | 'relay'; readonly share: number };
}

export interface Forecast {
  readonly kind: 'estimate';
  readonly rows: readonly ForecastRow[];
  readonly assumptions: readonly {
    readonly name: AssumptionName;
    readonly value: number;
    readonly unit: string;
    readonly text: string;
    readonly source: string;
  }[];
}

/** The sizes that are always shown. */
export const STANDARD_USERS: readonly number[] = [10_000, 100_000, 1_000_000, 10_000_000];
const MONTH_S = 30 * 86_400;

/**
 * An estimate of what so many users need, from the cost of an event, a delivery, a query and a connection, and from what users
 * are taken to do. Costs are added up as if there were no waiting; the planned utilisation leaves the room for that.
 * @param users besides the standard sizes; null for none
 * @param set assumptions in place of the standard ones
 */
export function forecast(users: number | null, set: Partial<Assumed> = {}): Forecast {
  const given = assumed(set);
  const sizes = [...new Set([...STANDARD_USERS, ...(users === null ? [] : [users])])].sort((a, b) => a - b);
  return {
    kind: 'estimate',
    rows: sizes.map((size) => rowOf(size, given)),
    assumptions: ASSUMPTION_NAMES.map((name) => ({
      ...ASSUMPTIONS[name],
      name,
      value: given[name],
      source: set[name] === undefined ? ASSUMPTIONS[name].source : 'set with --assume',
    })),
  };
}

/** What comes in at the busiest hour, a second. */
interface Traffic {
  readonly connections: number;
  readonly newEvents: number;
  readonly duplicates: number;
  readonly queries: number;
  readonly deliveries: number;
}

function trafficOf(users: number, a: Assumed): Traffic {
  const connections = users * a.onlineShare * a.peakOverMean;
  const newEvents = connections / a.writeEvery_s;
  const opened = connections / a.session_s;
  return {
    connections,
    newEvents,
    duplicates: (newEvents * a.duplicateShare) / (1 - a.duplicateShare),
    queries: connections / a.queryEvery_s + opened * a.queriesOnConnect,
    deliveries: newEvents * a.fanOut,
  };
}

const cores = (perSecond: number, us: number): number => (perSecond * us) / 1e6;

function rowOf(users: number, a: Assumed): ForecastRow {
  const t = trafficOf(users, a);
  const relays = relaysFor(t, a);
  const databaseQueries = t.queries * (1 - a.cacheHits);
  const perDatabase = a.databaseCores * a.utilisation;
  const replay = cores(t.newEvents, a.replicaEvent_us);
  const readsCores = cores(databaseQueries, a.postgresQuery_us);
  const primary = cores(t.newEvents, a.primaryEvent_us);
  const balancer =
    cores(t.newEvents + t.duplicates + t.queries, a.balancerMessage_us) +
    cores(t.deliveries, a.balancerDelivery_us);
  const redis = relays === null ? null : cores(t.newEvents * relays, a.redisMessage_us);
  const shares = [
    { part: 'primary', share: primary / perDatabase },
    { part: 'pub/sub', share: (redis ?? 0) / a.utilisation },
    { part: 'relay', share: cores(t.newEvents, a.relayDuplicate_us) / a.utilisation },
  ] as const;
  return {
    users,
    connections: Math.ceil(t.connections),
    newEvents_per_s: t.newEvents,
    queries_per_s: t.queries,
    deliveries_per_s: t.deliveries,
    relays,
    balancers: Math.max(
      Math.ceil(t.connections / a.connectionsPerBalancer),
      Math.ceil(balancer / a.utilisation),
    ),
    replicas: replay >= perDatabase ? null : Math.max(1, Math.ceil(readsCores / (perDatabase - replay))),
    verificationCores: cores(t.newEvents, a.verify_us) / a.utilisation,
    primaryCores: primary / a.utilisation,
    redisCores: redis === null ? null : redis / a.utilisation,
    relayMemory_bytes: t.connections * a.relayConnection_B,
    storedPerMonth_bytes: (t.newEvents / a.peakOverMean) * MONTH_S * a.storedBytes,
    network_bits_per_s: 8 * a.eventBytes * (t.deliveries + t.queries * a.eventsPerAnswer),
    binds: shares.reduce((most, one) => (one.share > most.share ? one : most)),
  };
}

/**
 * Relay processes. Work of clients is shared among them; that every relay hears of every new event is not, and what is left
 * of an event loop beside it is what one more relay brings. Null where nothing is left.
 */
function relaysFor(t: Traffic, a: Assumed): number | null {
  const shared =
    cores(t.newEvents, a.relayEvent_us) +
    cores(t.duplicates, a.relayDuplicate_us) +
    cores(t.queries, a.relayQuery_us) +
    cores(t.deliveries, a.relayDelivery_us);
  const left = a.utilisation - cores(t.newEvents, a.relayDuplicate_us);
  if (left <= 0) return null;
  return Math.max(1, Math.ceil(shared / left), Math.ceil(t.connections / a.connectionsPerRelay));
}
