import { endSignalOf } from '../stack/lifecycle/stop-all.ts';
import { primaryOf } from '../stack/postgres/servers.ts';
import { allProcesses } from '../stack/processes.ts';
import { problemOf } from '../stack/start-service.ts';
import { type Service, type StackState, servicesOfKind } from '../stack/state.ts';
import type { StackShape } from '../stack/topology.ts';
import type { PartKind } from './form/actions.ts';
import type { PartCounts } from './form/part.ts';
import type { FaultPart, FaultTarget } from './target.ts';

/** Parts that a stack of a shape has. */
export function partsOfShape(shape: StackShape): PartCounts {
  const { relays, replicas, balancer, pubsub, cacheNodes, regions, edges } = shape;
  return {
    relay: relays,
    primary: 1,
    replica: replicas,
    postgres: 1 + replicas,
    pubsub: pubsub ? 1 : 0,
    cache: cacheNodes,
    haproxy: balancer ? 1 : 0,
    'haproxy-db': balancer ? 1 : 0,
    supervisor: 1,
    edge: regions * edges,
    region: regions,
  };
}

/** A stack that runs. */
export function stackTarget(state: StackState): FaultTarget {
  return {
    what: 'the stack',
    state,
    counts: partsOfShape(state.shape),
    parts: ({ kind, number }) => {
      const all = servicesOf(state, kind);
      const chosen = number === null ? all : all.slice(number - 1, number);
      return chosen.map((service) => partOf(service));
    },
  };
}

function servicesOf(state: StackState, kind: PartKind): Service[] {
  switch (kind) {
    case 'primary':
      return [primaryOf(state)];
    case 'replica': {
      const primary = primaryOf(state);
      return servicesOfKind(state, 'postgres').filter(({ name }) => name !== primary.name);
    }
    case 'pubsub':
      return servicesOfKind(state, 'redis-pubsub');
    case 'cache':
      return servicesOfKind(state, 'redis-cache');
    default:
      return servicesOfKind(state, kind);
  }
}

function partOf(service: Service): FaultPart {
  return {
    name: service.name,
    service,
    endSignal: endSignalOf(service),
    processes: () => allProcesses(service),
    problem: () => problemOf(service),
    // The supervisor brings back everything else, and its watcher the supervisor.
    start: null,
  };
}
