import { join } from 'node:path';
import type { Addresses } from '../addresses.ts';
import { addressesIn } from '../links.ts';
import { originOf, portOf, type Service, type StackState, servicesOfKind } from '../state.ts';
import { regionsOf } from '../topology.ts';
import { databaseSections } from './database-sections.ts';
import { bindTo, type Layout, looksUpNames, serverLines } from './layout.ts';

/** Descriptors that are no connections of clients: listeners, checks. */
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

/**
 * The whole configuration of a balancer of a stack: of that of the clients, that of a region or that of the database. What it has ports for is what
 * it leads to; in a stack of before there were two, one has both.
 */
export function haproxyConfig(
  state: StackState,
  balancer: Service,
  openFiles: number,
  addresses: Addresses = addressesIn(state),
): string {
  const layout = { state, balancer, addresses };
  const clients = clientLimit(openFiles);
  return [
    globalSection(balancer, clients),
    DEFAULTS,
    ...(looksUpNames(addresses) ? [RESOLVERS] : []),
    ...(Object.hasOwn(balancer.ports, 'ws') ? relaySections(layout, clients) : []),
    ...(Object.hasOwn(balancer.ports, 'pg_write') ? databaseSections(layout) : []),
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
`;

const EVENT_CACHE = `cache events
  total-max-size 64
  max-object-size 262144
  max-age 1
`;

/** Containers come and go under other addresses; a name that can't be resolved yet is no reason not to start. */
const RESOLVERS = `resolvers containers
  parse-resolv-conf
  hold valid 1s
`;

/** From clients to relays. @param clients that fit */
function relaySections(layout: Layout, clients: number): string[] {
  return [EVENT_CACHE, clientSection(layout, clients), relaySection(layout), eventSection(layout)];
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
  use_backend events if { path_beg ${cachedPaths(layout).join(' ')} }
  default_backend relays
`;
}

/** Pages that the balancer keeps: where clients are far from the origin also those that change. */
function cachedPaths({ balancer }: Layout): string[] {
  return balancer.kind === 'region' ? ['/e/', '/p/'] : ['/e/'];
}

/** Who is behind a balancer: the relays, or of a region its edges; the origin where it has none. */
function serversBehind({ state, balancer }: Layout): Service[] {
  if (balancer.kind !== 'region') return servicesOfKind(state, 'relay');
  const edges = regionsOf(state.shape).find((region) => region.balancer === balancer.name)?.edges ?? [];
  if (edges.length === 0) return [originOf(state.services)];
  return state.services.filter(({ name }) => edges.includes(name));
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
  http-response set-header X-Relay-Id %s${layout.balancer.kind === 'region' ? ' unless { res.hdr(X-Relay-Id) -m found }' : ''}
  # Weight 100, so that a weight of 50% is not rounded to nothing.
  default-server weight 100 check inter 500ms fastinter 100ms downinter 200ms fall 3 rise 2 on-marked-down shutdown-sessions
${relayLines(layout)}
`;
}

/** The relays, each asked at the port at which it says whether it lives; over the long way at that of its clients. */
function relayLines(layout: Layout): string {
  const relays = serversBehind(layout);
  return serverLines(layout, relays, 'ws', (name) => checkOf(layout, relays, name));
}

function checkOf({ balancer }: Layout, relays: readonly Service[], name: string): string {
  const relay = relays.find((each) => each.name === name);
  if (relay === undefined || (balancer.kind === 'region' && relay.kind !== 'edge')) return '';
  return ` port ${portOf(relay, 'liveness')}`;
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
${serverLines(layout, serversBehind(layout), 'ws', (name) => ` track relays/${name}`)}
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
