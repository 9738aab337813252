import { RelayBenchError } from '../base/errors.ts';
import { own } from '../base/own.ts';
import { didYouMean } from '../base/suggest.ts';

/** What a stack is made of, in numbers. A profile is a named shape. */
export interface StackShape {
  /** Relay processes. */
  readonly relays: number;
  /** Streaming replicas of the Postgres primary. */
  readonly replicas: number;
  /** HAProxy in front of the relays, and another one in front of Postgres. */
  readonly balancer: boolean;
  /** A Redis that carries live events between relay processes. */
  readonly pubsub: boolean;
  /** Masters of the Redis Cluster that is the second cache layer; 0 or at least 3, the smallest cluster. */
  readonly cacheNodes: number;
  /** Regions with clients of their own, far from the relays, which are their origin; 0 where clients come to the relays. */
  readonly regions: number;
  /** Edge relays of each region; 0 where the balancer of a region leads to the origin itself. */
  readonly edges: number;
}

const NO_EDGE = { regions: 0, edges: 0 } as const;

/**
 * `single` is one relay with its database; `scaled` is the architecture that grows by adding processes; `edge` serves two
 * regions from relays near them.
 */
export const PROFILES = {
  single: { relays: 1, replicas: 0, balancer: false, pubsub: false, cacheNodes: 0, ...NO_EDGE },
  scaled: { relays: 3, replicas: 2, balancer: true, pubsub: true, cacheNodes: 3, ...NO_EDGE },
  edge: { relays: 1, replicas: 0, balancer: false, pubsub: false, cacheNodes: 0, regions: 2, edges: 1 },
} as const satisfies Record<string, StackShape>;

export type StackProfile = keyof typeof PROFILES;
export const STACK_PROFILES = Object.keys(PROFILES) as readonly StackProfile[];

/** What runs as one process. */
export type ServiceKind =
  | 'postgres'
  | 'redis-pubsub'
  | 'redis-cache'
  | 'supervisor'
  | 'watcher'
  | 'links'
  | 'haproxy'
  | 'haproxy-db'
  | 'relay'
  | 'edge'
  | 'region'
  | 'prometheus';

/** One process of a stack, before it has a port. */
export interface ServiceSpec {
  /** Unique in its stack, for example `relay-2`. */
  readonly name: string;
  readonly kind: ServiceKind;
  /** What it is, for people. */
  readonly role: string;
  /** Names of the services that must be ready before it is started. */
  readonly dependsOn: readonly string[];
}

/** What `--relays`, `--replicas` and `--edges` change of a profile. */
export interface ShapeOverrides {
  readonly relays?: number | undefined;
  readonly replicas?: number | undefined;
  readonly edges?: number | undefined;
}

/** More processes of one kind than this help nobody on one machine. */
export const MOST_PROCESSES = 16;

/**
 * The shape of a profile with its overrides.
 * @throws RelayBenchError `STACK_PROFILE_UNKNOWN`, `STACK_SHAPE_INVALID`
 */
export function resolveShape(profile: string, overrides: ShapeOverrides = {}): StackShape {
  const base = profileOf(profile);
  const shape = withBalancer({
    ...base,
    relays: overrides.relays ?? base.relays,
    replicas: overrides.replicas ?? base.replicas,
    edges: overrides.edges ?? base.edges,
  });
  if (shape.relays > MOST_PROCESSES || shape.replicas > MOST_PROCESSES || shape.edges > MOST_PROCESSES) {
    const most = `a stack has at most ${MOST_PROCESSES} relays, ${MOST_PROCESSES} replicas and ${MOST_PROCESSES} edges of a region`;
    throw invalidShape(most, 'ask for fewer');
  }
  if (shape.regions === 0 && shape.edges > 0) {
    throw invalidShape(`profile ${profile} has no regions, so it has no edges`, 'use profile edge');
  }
  if (!shape.balancer && shape.relays > 1) {
    throw invalidShape(
      `profile ${profile} has no load balancer and no pub/sub, so it can have one relay only`,
      'use profile scaled, which has both',
    );
  }
  return shape;
}

/** An origin of several relays, or of several servers of Postgres, has balancers before them, and Redis between its relays. */
export function withBalancer(shape: StackShape): StackShape {
  const { regions, relays, replicas } = shape;
  if (regions === 0) return shape;
  return { ...shape, balancer: relays > 1 || replicas > 0, pubsub: relays > 1 };
}

function profileOf(name: string): StackShape {
  const profile = own<StackShape>(PROFILES, name);
  if (profile !== undefined) return profile;
  throw new RelayBenchError(`"${name}" is not a stack profile${didYouMean(name, STACK_PROFILES)}`, {
    code: 'STACK_PROFILE_UNKNOWN',
    hint: `profiles: ${STACK_PROFILES.join(', ')}`,
  });
}

function invalidShape(message: string, hint: string): RelayBenchError {
  return new RelayBenchError(message, { code: 'STACK_SHAPE_INVALID', hint });
}

/** Parts that a shape may have besides, whatever its numbers. */
export interface StackExtras {
  /** Whether a proxy stands in links; whoever may connect through it is started after it. */
  readonly links?: boolean;
  /** Whether a Prometheus keeps what the others tell. */
  readonly observe?: boolean;
}

/** `count` names `prefix-1` … `prefix-count`. */
function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
}

/**
 * Every process of a shape in the order in which people read it, from the data up to the clients. Postgres 1 is
 * the first primary. Replicas copy the primary, the database balancer needs the supervisor's answer to who the primary is,
 * relays reach Postgres through the database balancer.
 */
export function servicesOf(shape: StackShape, extras: StackExtras = {}): ServiceSpec[] {
  const databases = numbered('postgres', 1 + shape.replicas);
  const caches = numbered('cache', shape.cacheNodes);
  const pubsub = shape.pubsub ? ['pubsub'] : [];
  const links = extras.links === true || shape.regions > 0 ? ['links'] : [];
  const relays = numbered('relay', shape.relays);
  const observer = extras.observe === true ? ['prometheus'] : [];
  const [primary = 'postgres-1', ...replicas] = databases;
  return [
    { name: primary, kind: 'postgres', role: 'Postgres primary', dependsOn: [] },
    ...links.map((name) => spec(name, 'links', 'proxy in the links', [])),
    ...replicas.map((name) => spec(name, 'postgres', 'Postgres replica', [primary, ...links])),
    ...pubsub.map((name) => spec(name, 'redis-pubsub', 'Redis pub/sub', [])),
    ...caches.map((name) => spec(name, 'redis-cache', 'Redis Cluster master', [])),
    spec('supervisor', 'supervisor', 'restarts, failover', databases),
    spec('watcher', 'watcher', 'restarts the supervisor', ['supervisor']),
    ...(shape.balancer ? BALANCERS : []),
    ...relays.map((name) =>
      spec(name, 'relay', 'relay', [shape.balancer ? 'haproxy-db' : primary, ...pubsub, ...caches, ...links]),
    ),
    ...regionsOf(shape).flatMap((region) => regionSpecs(region, relays)),
    ...observer.map((name) => spec(name, 'prometheus', 'metrics', relays)),
  ];
}

/** The clients' side of a region: its balancer, and the edges behind it. */
export interface Region {
  /** From 1. */
  readonly region: number;
  readonly balancer: string;
  /** None where the balancer leads to the origin itself. */
  readonly edges: readonly string[];
}

/** The regions of a shape; edges are numbered through, those of the first region before those of the second. */
export function regionsOf({ regions, edges }: Pick<StackShape, 'regions' | 'edges'>): Region[] {
  const all = numbered('edge', regions * edges);
  return numbered('region', regions).map((balancer, index) => ({
    region: index + 1,
    balancer,
    edges: all.slice(index * edges, (index + 1) * edges),
  }));
}

function regionSpecs({ region, balancer, edges }: Region, relays: readonly string[]): ServiceSpec[] {
  const origin = [...relays, 'links'];
  return [
    ...edges.map((name) => spec(name, 'edge', `edge relay of region ${region}`, origin)),
    spec(balancer, 'region', `load balancer of region ${region}`, edges.length > 0 ? edges : origin),
  ];
}

/**
 * Two processes: where that of the clients dies, relays keep their connections to Postgres, and have answers for the clients
 * that come back all at once.
 */
const BALANCERS = [
  spec('haproxy-db', 'haproxy-db', 'database balancer', ['supervisor']),
  spec('haproxy', 'haproxy', 'load balancer', []),
] as const;

function spec(name: string, kind: ServiceKind, role: string, dependsOn: readonly string[]): ServiceSpec {
  return { name, kind, role, dependsOn };
}

/** What the database balancer listens for besides writes: reads, one listener a replica. */
export function readPurposes({ replicas }: Pick<StackShape, 'replicas'>): string[] {
  return Array.from({ length: replicas }, (_, index) => `pg_read_${index + 1}`);
}
