import { join } from 'node:path';
import { own } from '../base/own.ts';
import { linksOf } from './links.ts';
import type { Owner } from './owner.ts';
import { portPicker } from './ports.ts';
import {
  type CacheMode,
  type Durability,
  entryPurpose,
  entryServices,
  type LinkKind,
  type PerAddress,
  type Service,
  type StackState,
} from './state.ts';
import { readPurposes, type ServiceKind, type StackShape, servicesOf } from './topology.ts';
import type { Tuning } from './tuning/tuning.ts';

/** What a stack is to be. */
export interface StackRequest {
  readonly profile: string;
  readonly shape: StackShape;
  readonly dir: string;
  readonly durability: Durability;
  readonly cache: CacheMode;
  /** Where clients connect; undefined takes a free one. */
  readonly port?: number | undefined;
  /** Connections that one address may hold; default `default`. */
  readonly perAddress?: PerAddress | undefined;
  /** Links that a proxy is to stand in; default none. */
  readonly links?: readonly LinkKind[] | undefined;
  /** Whether a Prometheus keeps what the others tell; default false. */
  readonly observe?: boolean | undefined;
  /** What `--set` changes; default nothing. */
  readonly settings?: Tuning | undefined;
  /** Whether its tables are to lack their covering indexes; default no. */
  readonly withoutIndexes?: boolean | undefined;
  /** Services that were there before, which keep their ports; default none. */
  readonly known?: readonly Service[] | undefined;
}

/** What each kind listens on, by purpose. */
const PORTS: Readonly<Record<ServiceKind, readonly string[]>> = {
  postgres: ['sql'],
  'redis-pubsub': ['redis'],
  'redis-cache': ['redis', 'bus'],
  supervisor: ['http', 'roles'],
  watcher: [],
  links: ['metrics'],
  haproxy: ['ws', 'stats'],
  'haproxy-db': ['pg_write', 'stats'],
  relay: ['ws', 'metrics', 'liveness'],
  edge: ['ws', 'metrics', 'liveness'],
  region: ['ws', 'stats'],
  prometheus: ['http', 'run'],
};

/** The programs of a stack, and whose Postgres that is. */
export type PlannedPrograms = Pick<StackState, 'binaries' | 'postgres'>;

/** Plans every process of a shape. */
export async function planStack(
  request: StackRequest,
  owner: Owner | null,
  { binaries, postgres }: PlannedPrograms,
): Promise<StackState> {
  const { shape, dir, port, observe = false } = request;
  const links = linkKindsOf(request);
  const services = await placeServices({ ...request, links });
  if (port !== undefined) listenAt(port, { services, links });
  return {
    format: 3,
    profile: request.profile,
    shape: { ...shape },
    durability: request.durability,
    cache: request.cache,
    createdAt: new Date().toISOString(),
    phase: 'starting',
    dir,
    owner,
    binaries,
    postgres,
    perAddress: request.perAddress ?? 'default',
    links: [...links],
    observe,
    settings: { ...request.settings },
    withoutIndexes: request.withoutIndexes ?? false,
    services,
  };
}

/** The way from a region to the origin is long whatever happens to it. */
function linkKindsOf({ shape, links = [] }: StackRequest): readonly LinkKind[] {
  return shape.regions === 0 ? links : [...new Set<LinkKind>([...links, 'wan'])];
}

/** Gives every process its directory and its ports. */
async function placeServices(request: StackRequest): Promise<Service[]> {
  const { shape, dir, links = [], observe = false, known = [] } = request;
  const before = new Map(known.map(({ name, ports }) => [name, ports]));
  const pick = portPicker(
    Math.random,
    known.flatMap(({ ports }) => Object.values(ports)),
  );
  const specs = servicesOf(shape, { links: links.length > 0, observe });
  const more: Readonly<Partial<Record<ServiceKind, readonly string[]>>> = {
    'haproxy-db': readPurposes(shape),
    links: linksOf({ shape, links: [...links], services: specs }).map(({ name }) => name),
  };
  const services: Service[] = [];
  for (const spec of specs) {
    const ports = new Map<string, number>();
    for (const purpose of [...PORTS[spec.kind], ...(more[spec.kind] ?? [])])
      ports.set(purpose, own(before.get(spec.name) ?? {}, purpose) ?? (await pick()));
    const place = { dir: join(dir, spec.name), ports: Object.fromEntries(ports) };
    services.push({ ...spec, dependsOn: [...spec.dependsOn], ...place });
  }
  return services;
}

/**
 * Clients connect to the proxy where it stands before them, else to the balancer, else to the relay; in several regions to the
 * first of them.
 */
function listenAt(
  port: number,
  { services, links }: { services: Service[]; links: readonly LinkKind[] },
): void {
  const [entry] = entryServices(services);
  const proxy = services.find(({ kind }) => kind === 'links');
  if (entry === undefined) return;
  if (proxy !== undefined && links.includes('clients'))
    Object.assign(proxy.ports, { [entryPurpose(entry)]: port });
  else entry.ports['ws'] = port;
}
