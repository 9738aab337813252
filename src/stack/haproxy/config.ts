import { join } from 'node:path';
import { type Addresses, addressOf, ON_LOOPBACK } from '../addresses.ts';
import { portOf, type Service, type StackState, servicesOfKind } from '../state.ts';
import { readPurposes } from '../topology.ts';

/** Descriptors that are no client connections: listeners, checks, Postgres connections of the relays. */
const SPARE_DESCRIPTORS = 1_000;
/** More clients than this are more than one HAProxy and three relays serve well. */
const MOST_CLIENTS = 30_000;
const LEAST_CLIENTS = 200;

/** The socket of the runtime API: state, weights, draining. */
export function runtimeSocket(balancer: Service): string {
  return join(balancer.dir, 'haproxy.sock');
}

/**
 * Clients that fit: each takes two descriptors, and HAProxy refuses to start where the limit is too low for what
 * its configuration promises.
 * @param openFiles descriptors that a process may open
 */
export function clientLimit(openFiles: number): number {
  const fitting = Math.floor((openFiles - SPARE_DESCRIPTORS) / 2);
  return Math.max(LEAST_CLIENTS, Math.min(MOST_CLIENTS, fitting));
}

/** Of all places this part, at least one, is kept from any single address: one client can't shut out all others. */
const KEPT_FROM_ONE = 0.1;

/** Connections that one address may hold; null for any number. @param clients that fit */
export function addressLimit({ perAddress }: Pick<StackState, 'perAddress'>, clients: number): number | null {
  if (perAddress === 'off') return null;
  return perAddress === 'default' ? clients - Math.max(1, Math.floor(clients * KEPT_FROM_ONE)) : perAddress;
}

/** What a configuration is written for. */
interface Layout {
  readonly state: StackState;
  readonly balancer: Service;
  readonly addresses: Addresses;
}

/** The whole configuration of the load balancer of a stack. */
export function haproxyConfig(
  state: StackState,
  balancer: Service,
  openFiles: number,
  addresses: Addresses = ON_LOOPBACK,
): string {
  const layout = { state, balancer, addresses };
  const clients = clientLimit(openFiles);
  return [
    globalSection(balancer, clients),
    DEFAULTS,
    ...(addresses === ON_LOOPBACK ? [] : [RESOLVERS]),
    clientSection(layout, clients),
    relaySection(layout),
    eventSection(layout),
    ...postgresSections(layout),
    statsSection(layout),
  ].join('\n');
}

function globalSection(balancer: Service, clients: number): string {
  return `global
  # One thread: on few cores a second one costs CPU and serves no more.
  nbthread 1
  maxconn ${clients + SPARE_DESCRIPTORS / 4}
  hard-stop-after 10m
  log stderr format short daemon notice
  stats socket ${runtimeSocket(balancer)} mode 600 level admin expose-fd listeners
`;
}

const DEFAULTS = `defaults
  log global
  mode http
  option dontlognull
  # A relay that refuses a connection is no reason to refuse the client: another one takes it.
  retries 3
  option redispatch 1
  timeout connect 2s
  timeout client 30s
  timeout server 30s
  timeout http-request 5s
  timeout check 1s
  # Replaces both timeouts above once a connection is a WebSocket.
  timeout tunnel 1h
  # Half-closed connections would otherwise stay as long as a tunnel.
  timeout client-fin 5s

cache events
  total-max-size 64
  max-object-size 262144
  max-age 1
`;

/** Containers come and go under other addresses; a name that can't be resolved yet is no reason not to start. */
const RESOLVERS = `resolvers containers
  parse-resolv-conf
  hold valid 1s
`;

function bindTo({ addresses, balancer }: Layout, purpose: string): string {
  return `${addresses.bind}:${portOf(balancer, purpose)}`;
}

/** \`server\` lines, with what follows each address. */
function serverLines(
  { addresses }: Layout,
  services: readonly Service[],
  purpose: string,
  suffixOf = (_name: string): string => '',
): string {
  const resolved = addresses === ON_LOOPBACK ? '' : ' resolvers containers init-addr none';
  return services
    .map(
      (each) =>
        `  server ${each.name} ${addressOf(addresses, each, purpose)}${resolved}${suffixOf(each.name)}`,
    )
    .join('\n');
}

/** Counted from the first packet of TCP on, so that who says nothing counts too; who is over it is cut at once. */
function perAddress(limit: number | null): string {
  if (limit === null) return '';
  return `  # One address may hold so many connections, whether they say anything or not. \`stack up --per-address-connections\`
  # sets it, \`off\` lifts it: a load comes from one address.
  stick-table type ipv6 size 100k expire 10m store conn_cur
  tcp-request connection track-sc0 src
  tcp-request connection reject if { sc0_conn_cur gt ${limit} }
`;
}

function clientSection(layout: Layout, clients: number): string {
  return `frontend clients
  bind ${bindTo(layout, 'ws')}
  maxconn ${clients}
${perAddress(addressLimit(layout.state, clients))}  # What a client says of its address is not believed.
  http-request del-header X-Forwarded-For
  option forwardfor
  use_backend events if { path_beg /e/ }
  default_backend relays
`;
}

/**
 * The check asks whether the process lives (\`/health\`), not whether it can serve (\`/ready\`): while Postgres fails
 * over no relay can, and taking all of them out would cut every client for nothing. It asks a thread of the relay that has
 * nothing else to do: an event loop that a busy machine keeps waiting is no relay that hangs, and all of them wait at once.
 */
function relaySection(layout: Layout): string {
  return `backend relays
  # Three failures: a process that ends is noticed within 0.7 s, one that hangs within 2.5 s.
  timeout check 600ms
  # WebSockets last: the fewest connections, not the next in turn.
  balance leastconn
  option httpchk
  http-check send meth GET uri /health ver HTTP/1.1 hdr Host relay
  # A relay that is about to end says 404: it gets no new clients and keeps those that it has until it has answered them.
  http-check disable-on-404
  # And one that comes all the same goes to another relay, unseen.
  retry-on conn-failure empty-response 503
  # Tells a client which relay process it talks to.
  http-response set-header X-Relay-Id %s
  # Weight 100, so that a weight of 50% is not rounded to nothing.
  default-server weight 100 check inter 500ms fastinter 100ms downinter 200ms fall 3 rise 2 on-marked-down shutdown-sessions
${relayLines(layout)}
`;
}

/** The relays, each asked at the port at which it says whether it lives. */
function relayLines(layout: Layout): string {
  const relays = servicesOfKind(layout.state, 'relay');
  const checks = new Map(relays.map((each) => [each.name, ` port ${portOf(each, 'liveness')}`]));
  return serverLines(layout, relays, 'ws', (name) => checks.get(name) ?? '');
}

function eventSection(layout: Layout): string {
  return `backend events
  # The same relay is asked for the same id. An event never changes, but it may be deleted: relays let nobody keep it
  # without asking again. Here it is kept for a second, so that a sought-after one reaches relays once a second; those
  # behind are told what the relays say.
  balance uri
  hash-type consistent
  # As for the checks that it shares.
  option httpchk
  http-check disable-on-404
  retry-on conn-failure empty-response 503
  http-request cache-use events
  http-response set-header Cache-Control "public, max-age=1" if { status 200 }
  http-response cache-store events
  http-after-response set-header Cache-Control "public, no-cache" if { status 200 304 }
  http-after-response set-header X-Cache HIT if { res.cache_hit }
  http-after-response set-header X-Cache MISS if !{ res.cache_hit }
${serverLines(layout, servicesOfKind(layout.state, 'relay'), 'ws', (name) => ` track relays/${name}`)}
`;
}

/**
 * Relays connect here and reach whichever Postgres has the role now: the supervisor answers for each server (agent check),
 * and a server that loses its role loses its connections. While nobody answers, everything stays as it was told last; a
 * balancer that has just started sends nobody to a server before it was told. Each replica is read from through a listener of its own: a relay has
 * to know how far behind the server is that answers it.
 */
function postgresSections(layout: Layout): string[] {
  const databases = servicesOfKind(layout.state, 'postgres');
  const [supervisor] = servicesOfKind(layout.state, 'supervisor');
  if (supervisor === undefined) return fixedRoles(layout, databases);
  const agent = `agent-addr ${layout.addresses.hostOf(supervisor)} agent-port ${portOf(supervisor, 'roles')}`;
  const check = `  # A refused connection is not tried again here: the relay does that, and by then another server may have the role.
  retries 0
  default-server disabled agent-check ${agent} agent-inter 200ms on-marked-down shutdown-sessions`;
  const asked = (question: string): Databases => ({
    check,
    servers: databases,
    suffixOf: (name) => ` agent-send "${question} ${name}\\n"`,
  });
  return [
    postgresSection(layout, 'pg_write', asked('write')),
    ...readPurposes(layout.state.shape).map((purpose, index) =>
      postgresSection(layout, purpose, asked(`read ${index + 1}`)),
    ),
  ];
}

/** The servers behind a listener of Postgres, and how it is known which of them has its role. */
interface Databases {
  readonly check: string;
  readonly servers: readonly Service[];
  /** What stands in the line of a server. */
  readonly suffixOf?: (name: string) => string;
}

/** Without a supervisor nobody is promoted: the first server stays the primary, the others answer reads. */
function fixedRoles(layout: Layout, databases: readonly Service[]): string[] {
  const check = '  default-server check inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions';
  const [primary, ...replicas] = databases.map((each) => [each]);
  return [
    postgresSection(layout, 'pg_write', { check, servers: primary ?? [] }),
    ...readPurposes(layout.state.shape).map((purpose, index) =>
      postgresSection(layout, purpose, { check, servers: replicas[index] ?? [] }),
    ),
  ];
}

/** @param purpose of the port, `pg_write` or that of a reader, which has one server at a time */
function postgresSection(layout: Layout, purpose: string, { check, servers, suffixOf }: Databases): string {
  return `listen ${purpose}
  mode tcp
  bind ${bindTo(layout, purpose)}
  balance leastconn
  # Pools keep idle connections.
  timeout client 1h
  timeout server 1h
${check}
${serverLines(layout, servers, 'sql', suffixOf)}
`;
}

function statsSection(layout: Layout): string {
  return `frontend stats
  bind ${bindTo(layout, 'stats')}
  http-request use-service prometheus-exporter if { path /metrics }
  stats enable
  stats uri /stats
`;
}
