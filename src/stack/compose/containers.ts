import type { StackRequest } from '../plan-stack.ts';
import type { Service, StackState } from '../state.ts';
import { readPurposes, type ServiceKind, servicesOf } from '../topology.ts';

const RELAY_PORTS = { ws: 8_080, metrics: 9_464, liveness: 8_081 } as const;

/** Every container has an address of its own, so that each kind listens where it usually does. */
const PORTS: Readonly<Record<ServiceKind, Readonly<Record<string, number>>>> = {
  postgres: { sql: 5_432 },
  'redis-pubsub': { redis: 6_379 },
  'redis-cache': { redis: 6_379, bus: 16_379 },
  supervisor: {},
  watcher: {},
  links: {},
  haproxy: { ws: 8_080, stats: 8_404 },
  'haproxy-db': { pg_write: 5_432, stats: 8_404 },
  relay: RELAY_PORTS,
  edge: RELAY_PORTS,
  region: { ws: 8_080, stats: 8_404 },
  prometheus: {},
};

/** Where the database balancer listens for reads: one port a replica, from this one on. */
const FIRST_READ_PORT = 5_433;

/** Directories of the images that their users may write to: sockets, working files. */
const DIRS: Readonly<Record<ServiceKind, string>> = {
  postgres: '/var/run/postgresql',
  'redis-pubsub': '/data',
  'redis-cache': '/data',
  supervisor: '/',
  watcher: '/',
  links: '/',
  haproxy: '/tmp',
  'haproxy-db': '/tmp',
  relay: '/app',
  edge: '/app',
  region: '/tmp',
  prometheus: '/',
};

/** Docker takes their place, or nobody does: the way between regions is as short as any other. */
const NO_CONTAINERS: readonly ServiceKind[] = ['supervisor', 'watcher', 'links'];

/** Port of this machine at which the entry of the containers is published, where none is named. */
export const PUBLISHED_PORT = 8_080;

/**
 * A stack as containers. Docker restarts what dies, so there is no supervisor, and nobody who promotes a replica:
 * who needed it needs the servers of Postgres.
 */
export function planContainers(request: Omit<StackRequest, 'dir' | 'port'>): StackState {
  const specs = servicesOf(request.shape);
  const databases = specs.filter(({ kind }) => kind === 'postgres').map(({ name }) => name);
  const services = specs
    .filter(({ kind }) => !NO_CONTAINERS.includes(kind))
    .map((spec): Service => {
      const dependsOn = spec.dependsOn
        .filter((name) => name !== 'links')
        .flatMap((name) => (name === 'supervisor' ? databases : [name]));
      const readers = spec.kind === 'haproxy-db' ? readPurposes(request.shape) : [];
      const readPorts = Object.fromEntries(
        readers.map((purpose, index) => [purpose, FIRST_READ_PORT + index]),
      );
      return { ...spec, dependsOn, dir: DIRS[spec.kind], ports: { ...PORTS[spec.kind], ...readPorts } };
    });
  return {
    ...{ format: 3, profile: request.profile, shape: { ...request.shape }, phase: 'starting' },
    ...{ durability: request.durability, cache: request.cache, createdAt: new Date(0).toISOString() },
    ...{ postgres: 'system', perAddress: request.perAddress ?? 'default', links: [], observe: false },
    ...{ settings: { ...request.settings }, withoutIndexes: request.withoutIndexes ?? false },
    ...{ dir: '/', owner: null, binaries: {}, services },
  };
}
