import { planStack, type StackRequest } from '../../src/stack/plan-stack.ts';
import type { StackState } from '../../src/stack/state.ts';
import { resolveShape, type ShapeOverrides } from '../../src/stack/topology.ts';

/** A stack on paper, with ports that are the same every time. */
export async function sampleStack(
  profile: string,
  changes: Partial<StackRequest> & ShapeOverrides = {},
): Promise<StackState> {
  const { relays, replicas, edges, ...rest } = changes;
  const shape = resolveShape(profile, { relays, replicas, edges });
  const planned = await planStack(
    {
      profile,
      shape,
      dir: '/stack',
      durability: 'async',
      cache: shape.cacheNodes > 0 ? 'l2' : 'l1',
      ...rest,
    },
    null,
    { binaries: {}, postgres: 'system' },
  );
  let port = 21_000;
  const services = planned.services.map((service) => ({
    ...service,
    ports: Object.fromEntries(Object.keys(service.ports).map((purpose) => [purpose, port++])),
  }));
  return { ...planned, createdAt: '2026-11-24T00:00:00.000Z', services };
}

/** A scaled stack as it was written when one balancer led to relays and to Postgres. */
export async function stackOfBefore(changes: Partial<StackRequest> = {}): Promise<StackState> {
  const state = await sampleStack('scaled', changes);
  const database = state.services.find(({ name }) => name === 'haproxy-db');
  const { stats: _, ...ways } = database?.ports ?? {};
  const services = state.services
    .filter(({ name }) => name !== 'haproxy-db')
    .map((service) => {
      const dependsOn = service.dependsOn.map((name) => (name === 'haproxy-db' ? 'haproxy' : name));
      if (service.name !== 'haproxy') return { ...service, dependsOn };
      return { ...service, dependsOn: ['supervisor'], ports: { ...service.ports, ...ways } };
    });
  return { ...state, services };
}
