import { BY_NAME } from '../addresses.ts';
import { edgeArgs } from '../edges.ts';
import { haproxyConfig } from '../haproxy/config.ts';
import { cacheConfig, pubsubConfig, userLines } from '../redis/config.ts';
import { relayArgs } from '../relays.ts';
import { portOf, type Service, type StackState, servicesOfKind } from '../state.ts';
import type { ServiceKind } from '../topology.ts';
import { type ComposeService, environment, secretOf, shell, verbatim } from './compose-service.ts';
import { postgresService } from './postgres-service.ts';

/** What differs from one machine to the other. */
export interface ComposePlace {
  /** Directory of this package: the relay's image is built from it. */
  readonly packageDir: string;
  readonly version: string;
  /** Memory of the machine, for the settings of Postgres. */
  readonly memoryBytes: number;
}

/** Pinned: another day brings the same servers. */
const IMAGES = {
  redis: 'redis:7.4.2-bookworm',
  haproxy: 'haproxy:3.0.8',
} as const;

/** Descriptors that a container may open, and HAProxy counts with. */
const OPEN_FILES = 65_536;
/** The one-off service that makes a cluster of the caches. */
export const CLUSTER_SERVICE = 'cache-cluster';

const CHECK_TIMES = { interval: '2s', timeout: '2s', retries: 30 } as const;

/** The service of one process of the stack. */
export function composeService(state: StackState, service: Service, place: ComposePlace): ComposeService {
  const common = { restart: 'unless-stopped', ...dependencies(state, service) };
  const make: Readonly<Record<ServiceKind, () => ComposeService>> = {
    postgres: () => postgresService(state, service, place.memoryBytes),
    'redis-pubsub': () => redisService(pubsubConfig(service, USERS, BY_NAME)),
    'redis-cache': () => redisService(cacheConfig(service, USERS, BY_NAME)),
    supervisor: () => ({}),
    watcher: () => ({}),
    links: () => ({}),
    prometheus: () => ({}),
    haproxy: () => haproxyService(state, service, 'ws'),
    'haproxy-db': () => haproxyService(state, service, 'pg_write'),
    region: () => haproxyService(state, service, 'ws'),
    relay: () => relayService(state, service, place),
    edge: () => edgeService(state, service, place),
  };
  return { ...make[service.kind](), ...common };
}

function dependencies(state: StackState, { dependsOn }: Service): ComposeService {
  const caches = new Set(servicesOfKind(state, 'redis-cache').map(({ name }) => name));
  const conditions = dependsOn.map((name) => [name, { condition: 'service_healthy' }]);
  const needsCluster = dependsOn.some((name) => caches.has(name));
  const formed = needsCluster ? [[CLUSTER_SERVICE, { condition: 'service_completed_successfully' }]] : [];
  const all = Object.fromEntries([...conditions, ...formed]) as ComposeService;
  return dependsOn.length === 0 ? {} : { depends_on: all };
}

/** A place for each password, which only the shell of the container fills. */
const USERS = userLines((user) => `>@${user}@`);
/** What a container does with one line: the place of a password in a line about a user becomes the password. */
const fill = (user: string, variable: string): string =>
  `    "user ${user} "*) printf "%s%s%s\\n" "$\{line%%@*}" "$${variable}" "$\{line#*@${user}@}" ;;`;
const WITH_PASSWORDS = [
  'umask 077',
  'printf %s "$CONFIG" | while IFS= read -r line; do',
  '  case "$line" in',
  fill('admin', 'ADMIN'),
  fill('relay', 'RELAY'),
  fill('supervisor', 'REDISCLI_AUTH'),
  '    *) printf "%s\\n" "$line" ;;',
  '  esac',
  'done > /tmp/redis.conf',
  'exec redis-server /tmp/redis.conf',
].join('\n');

function redisService(config: string): ComposeService {
  return {
    image: IMAGES.redis,
    environment: {
      ...environment({ CONFIG: config }),
      ADMIN: secretOf('REDIS_ADMIN'),
      RELAY: secretOf('REDIS_RELAY'),
      // Under this name redis-cli takes it, whose arguments everybody in the container could read.
      REDISCLI_AUTH: secretOf('REDIS_SUPERVISOR'),
    },
    command: shell(WITH_PASSWORDS),
    healthcheck: { test: ['CMD', 'redis-cli', '-e', '--user', 'supervisor', 'ping'], ...CHECK_TIMES },
  };
}

/**
 * Joins the caches and ends. Nodes are joined by address, since Redis takes no names; a cluster that exists is left
 * as it is.
 */
export function clusterService(nodes: readonly Service[]): ComposeService {
  const [first] = nodes;
  if (first === undefined) throw new Error('a cluster has nodes');
  const port = portOf(first, 'redis');
  const script = [
    'set -e',
    `redis-cli --user admin -h ${first.name} cluster info | grep -q cluster_state:ok && exit 0`,
    'nodes=""',
    `for name in ${nodes.map(({ name }) => name).join(' ')}; do`,
    `  nodes="$nodes $(getent hosts $name | cut -d' ' -f1):${port}"`,
    'done',
    'redis-cli --user admin --cluster create $nodes --cluster-yes',
  ];
  return {
    image: IMAGES.redis,
    environment: { REDISCLI_AUTH: secretOf('REDIS_ADMIN') },
    command: shell(script.join('\n')),
    restart: 'no',
    depends_on: Object.fromEntries(nodes.map(({ name }) => [name, { condition: 'service_healthy' }])),
  };
}

/** @param purpose of the port that answers once it can serve */
function haproxyService(state: StackState, balancer: Service, purpose: string): ComposeService {
  return {
    image: IMAGES.haproxy,
    environment: environment({ CONFIG: haproxyConfig(state, balancer, OPEN_FILES, BY_NAME) }),
    command: shell('printf %s "$CONFIG" > /tmp/haproxy.cfg && exec haproxy -db -f /tmp/haproxy.cfg'),
    ulimits: { nofile: { soft: OPEN_FILES, hard: OPEN_FILES } },
    healthcheck: { test: listens(portOf(balancer, purpose)), ...CHECK_TIMES },
  };
}

function relayService(state: StackState, relay: Service, place: ComposePlace): ComposeService {
  return {
    ...relayProgram(relay, place),
    environment: { RELAY_BENCH_SECRETS: relaySecretsOf(state) },
    command: relayArgs(state, relay, BY_NAME),
  };
}

/** An edge has no passwords. */
function edgeService(state: StackState, edge: Service, place: ComposePlace): ComposeService {
  return { ...relayProgram(edge, place), command: edgeArgs(state, edge, BY_NAME) };
}

function relayProgram(relay: Service, { packageDir, version }: ComposePlace): ComposeService {
  return {
    image: `relay-bench-relay:${version}`,
    build: {
      context: `\${RELAY_BENCH_PACKAGE:-${verbatim(packageDir)}}`,
      dockerfile: 'assets/compose/relay.Dockerfile',
    },
    ulimits: { nofile: { soft: OPEN_FILES, hard: OPEN_FILES } },
    healthcheck: {
      test: [
        'CMD',
        'node',
        '-e',
        `fetch('http://127.0.0.1:${portOf(relay, 'ws')}/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`,
      ],
      ...CHECK_TIMES,
    },
  };
}

/** As the relay reads them; passwords and keys without quotes, which hex has none of. */
function relaySecretsOf(state: StackState): string {
  const postgres = { password: secretOf('POSTGRES_RELAY') };
  if (servicesOfKind(state, 'redis-pubsub').length === 0) return JSON.stringify({ postgres });
  const redis = { username: 'relay', password: secretOf('REDIS_RELAY') };
  return JSON.stringify({ postgres, redis, busKey: secretOf('BUS_KEY') });
}

/** The image has no client for HTTP, but a bash that opens connections. */
function listens(port: number): string[] {
  return ['CMD', 'bash', '-c', `</dev/tcp/127.0.0.1/${port}`];
}
