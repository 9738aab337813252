import { join } from 'node:path';
import type { Owner } from './owner.ts';
import { portPicker } from './ports.ts';
import type { CacheMode, Durability, PerAddress, Service, StackState } from './state.ts';
import { readPurposes, type ServiceKind, type StackShape, servicesOf } from './topology.ts';

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
}

/** What each kind listens on, by purpose. */
const PORTS: Readonly<Record<ServiceKind, readonly string[]>> = {
  postgres: ['sql'],
  'redis-pubsub': ['redis'],
  'redis-cache': ['redis', 'bus'],
  supervisor: ['http', 'roles'],
  watcher: [],
  haproxy: ['ws', 'pg_write', 'stats'],
  relay: ['ws', 'metrics'],
};

/** The programs of a stack, and whose Postgres that is. */
export type PlannedPrograms = Pick<StackState, 'binaries' | 'postgres'>;

/** Gives every process of a shape its directory and its ports. */
export async function planStack(
  request: StackRequest,
  owner: Owner | null,
  { binaries, postgres }: PlannedPrograms,
): Promise<StackState> {
  const { shape, dir, port } = request;
  const pick = portPicker();
  const services: Service[] = [];
  for (const spec of servicesOf(shape)) {
    const ports = new Map<string, number>();
    for (const purpose of PORTS[spec.kind]) ports.set(purpose, await pick());
    if (spec.kind === 'haproxy') {
      for (const purpose of readPurposes(shape)) ports.set(purpose, await pick());
    }
    services.push({
      ...spec,
      dependsOn: [...spec.dependsOn],
      dir: join(dir, spec.name),
      ports: Object.fromEntries(ports),
    });
  }
  const entry = services.find(({ kind }) => kind === (shape.balancer ? 'haproxy' : 'relay'));
  if (port !== undefined && entry !== undefined) entry.ports['ws'] = port;
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
    services,
  };
}
