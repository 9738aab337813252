import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Addresses, ON_LOOPBACK } from './addresses.ts';
import { launch } from './processes.ts';
import { programEnvironment, programOwner } from './run-as.ts';
import { putFile } from './service-files.ts';
import {
  databaseBalancerOf,
  entryServices,
  jsonLines,
  type LinkKind,
  originOf,
  portOf,
  type Service,
  type StackState,
  servicesOfKind,
} from './state.ts';
import { readPurposes, regionsOf } from './topology.ts';
import { standingOf } from './tuning/wan.ts';

/** The proxy of `src/fault/proxy`, started as a program and never imported. */
const PROGRAM = fileURLToPath(new URL('../fault/proxy/main.js', import.meta.url));

/** Who clients are in the names of links: they are no part of the stack. */
const CLIENTS = 'clients';

/** A connection between two parts that the proxy stands in. */
export interface Link {
  /** Purpose of its port, such as `relay-1>haproxy-db:pg_write`. */
  readonly name: string;
  readonly kind: LinkKind;
  /** Service that connects; null for clients. */
  readonly from: string | null;
  /** Service that is connected to, and its port there. */
  readonly to: string;
  readonly purpose: string;
  /** Region that it is the way of to the origin; null for a link of another kind. */
  readonly region: number | null;
}

/** Services of a stack as far as links are about them. */
type Planned = Pick<StackState, 'shape' | 'links'> & {
  readonly services: readonly Pick<Service, 'name' | 'kind'>[];
};

/** Every link that the proxy of a stack stands in; none where it was started without. */
export function linksOf({ links, services, shape }: Planned): readonly Link[] {
  const named = (...kinds: readonly Service['kind'][]): string[] =>
    services.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
  const databases = named('postgres');
  const [database = ''] = databases;
  const balancer = databaseBalancerOf(services)?.name;
  const sql = balancer === undefined ? ['sql'] : ['pg_write', ...readPurposes(shape)];
  const all: readonly (Omit<Link, 'name' | 'region'> & Partial<Pick<Link, 'region'>>)[] = [
    ...entryServices(services).map(
      ({ name }) => ({ kind: 'clients', from: null, to: name, purpose: 'ws' }) as const,
    ),
    ...named('relay').flatMap((from) => [
      ...sql.map((purpose) => ({ kind: 'postgres', from, to: balancer ?? database, purpose }) as const),
      ...named('redis-pubsub').map((to) => ({ kind: 'redis', from, to, purpose: 'redis' }) as const),
    ]),
    // Any of them may become the primary.
    ...databases.flatMap((from) =>
      databases
        .filter((to) => to !== from)
        .map((to) => ({ kind: 'replication', from, to, purpose: 'sql' }) as const),
    ),
    ...waysOf(shape).map(
      ({ from, region }) =>
        ({ kind: 'wan', from, to: originOf(services).name, purpose: 'ws', region }) as const,
    ),
  ];
  return all
    .filter(({ kind }) => links.includes(kind))
    .map((link) => ({ region: null, ...link, name: linkName(link.from, link.to, link.purpose) }));
}

/** Who reaches the origin from each region: its edges, or its balancer where there are none. */
function waysOf(shape: StackState['shape']): { readonly from: string; readonly region: number }[] {
  return regionsOf(shape).flatMap(({ region, balancer, edges }) =>
    (edges.length > 0 ? edges : [balancer]).map((from) => ({ from, region })),
  );
}

function linkName(from: string | null, to: string, purpose: string): string {
  return `${from ?? CLIENTS}>${to}:${purpose}`;
}

/** How the services of a stack find each other: past the proxy, or through it where it stands in their link. */
export function addressesIn(state: StackState): Addresses {
  const [proxy] = servicesOfKind(state, 'links');
  if (proxy === undefined) return ON_LOOPBACK;
  const linked = new Map(linksOf(state).map(({ name }) => [name, portOf(proxy, name)]));
  return {
    ...ON_LOOPBACK,
    portTo: (to, purpose, from) => linked.get(linkName(from.name, to.name, purpose)) ?? portOf(to, purpose),
  };
}

/** Where the proxy takes orders: in a directory that only the servers' user and root may enter. */
export function proxySocket(proxy: Service): string {
  return join(proxy.dir, 'control.sock');
}

/** Starts the proxy: as the user of the servers. */
export async function launchProxy(state: StackState, proxy: Service): Promise<void> {
  const serviceNamed = (name: string): Service => {
    const found = state.services.find((each) => each.name === name);
    if (found === undefined) throw new Error(`the stack has no ${name}`);
    return found;
  };
  const links = linksOf(state).map(({ name, to, purpose, region }) => ({
    name,
    port: portOf(proxy, name),
    to: portOf(serviceNamed(to), purpose),
    ...(region === null ? {} : { region, standing: standingOf(state.settings, region) }),
  }));
  const file = join(proxy.dir, 'links.json');
  const owner = programOwner(state.owner, PROGRAM);
  await putFile(file, jsonLines(links), state);
  const args = [PROGRAM, file, proxySocket(proxy), String(portOf(proxy, 'metrics'))];
  await launch(proxy, { program: execPath, args, owner, env: programEnvironment() });
}
