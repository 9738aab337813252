import { planStack, type StackRequest } from '../../src/stack/plan-stack.ts';
import type { StackState } from '../../src/stack/state.ts';
import { resolveShape, type ShapeOverrides } from '../../src/stack/topology.ts';

/** A stack on paper, with ports that are the same every time. */
export async function sampleStack(
  profile: string,
  changes: Partial<StackRequest> & ShapeOverrides = {},
): Promise<StackState> {
  const { relays, replicas, ...rest } = changes;
  const shape = resolveShape(profile, { relays, replicas });
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
