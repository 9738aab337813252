import { join } from 'node:path';
import * as z from 'zod';
import { makeDirectory } from '../base/directory.ts';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { own } from '../base/own.ts';
import { readTrusted, requireTrustedPath, type TrustError } from '../base/trusted-path.ts';
import type { Binaries } from './binaries.ts';
import { rootOwned } from './owner.ts';
import { putFile } from './service-files.ts';
import { problemOfPaths } from './state-paths.ts';
import { settingProblem } from './tuning/tuning.ts';

const port = z.int().min(1).max(65_535);

/** Sorts of links between parts that a proxy can stand in. */
export const LINK_KINDS = ['clients', 'postgres', 'redis', 'replication', 'wan'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

const service = z.strictObject({
  name: z.string(),
  kind: z.enum([
    'postgres',
    'redis-pubsub',
    'redis-cache',
    'supervisor',
    'watcher',
    'links',
    'haproxy',
    'haproxy-db',
    'relay',
    'edge',
    'region',
    'prometheus',
  ]),
  role: z.string(),
  dependsOn: z.array(z.string()),
  /** Its own directory: working directory, data, log. */
  dir: z.string(),
  /** By purpose, for example `sql`, `ws`. */
  ports: z.record(z.string(), port),
});

/** They become lines of a configuration and arguments: nothing is believed that `--set` would refuse. */
function areKnown(settings: Readonly<Record<string, string>>): boolean {
  return Object.entries(settings).every(([key, value]) => settingProblem(key, value) === null);
}

const stackState = z.strictObject({
  format: z.literal(3),
  profile: z.string(),
  shape: z.strictObject({
    relays: z.int(),
    replicas: z.int(),
    balancer: z.boolean(),
    pubsub: z.boolean(),
    cacheNodes: z.int(),
    regions: z.int().default(0),
    edges: z.int().default(0),
  }),
  durability: z.enum(['async', 'sync']),
  cache: z.enum(['off', 'l1', 'l2']),
  createdAt: z.iso.datetime(),
  /**
   * `starting` until everything was ready once; `stopping` from then on when nobody brings anything back any more; `kept`
   * after a stop that kept the data.
   */
  phase: z.enum(['starting', 'up', 'stopping', 'kept']),
  dir: z.string(),
  /** Who the servers run as; null for the user who started the stack. */
  owner: z.strictObject({ uid: z.int(), gid: z.int() }).nullable(),
  /** Whether its Postgres is that of npm: another one may refuse the data. */
  postgres: z.enum(['system', 'npm']),
  /** Connections to the balancer that one address may hold. */
  perAddress: z.union([z.int().min(1), z.enum(['default', 'off'])]),
  /** Links that the proxy stands in, so that something can happen to them. */
  links: z.array(z.enum(LINK_KINDS)).default([]),
  /** Whether a Prometheus is one of its services. */
  observe: z.boolean().default(false),
  /** What `--set` has changed, of every Postgres and every relay. */
  settings: z.record(z.string(), z.string()).refine(areKnown).default({}),
  /** Whether its tables lack their covering indexes, so that it shows what they are worth. */
  withoutIndexes: z.boolean().default(false),
  services: z.array(service),
});

type StackFile = z.infer<typeof stackState>;

/** Everything about a stack that does not change while it runs; the file from which all else works. */
export interface StackState extends StackFile {
  /** Programs, as the search path has them: never read from the file, which would say what is run. */
  readonly binaries: Binaries;
}
/** A process of a stack: where it lives and listens. */
export type Service = StackState['services'][number];
export type Durability = StackState['durability'];
export type PerAddress = StackState['perAddress'];
export type CacheMode = StackState['cache'];

const STATE_FILE = 'stack.json';

/** How it is told that somebody else may have written the state of a stack. */
export const UNTRUSTED: TrustError = {
  what: 'the stack in',
  code: 'STACK_STATE_UNTRUSTED',
  exitCode: EXIT.unreachable,
};

/**
 * The state of the stack in `dir`, or null where there is none. It says which processes are ended and which directories
 * removed, so it is believed only where nobody else can have written it, and only as far as its paths lie in `dir`.
 * @throws RelayBenchError `STACK_STATE_UNTRUSTED`, `STACK_STATE_INVALID` (exit 3)
 */
export function readState(dir: string): StackState | null {
  const real = requireTrustedPath(dir, UNTRUSTED);
  const path = join(real, STATE_FILE);
  const text = readTrusted(path, UNTRUSTED);
  if (text === null) return null;
  const state = parseState(path, text);
  const problem = problemOfPaths(state, real);
  if (problem === null) return { ...state, binaries: {} };
  throw new RelayBenchError(`${path} is not the state of a stack in ${dir}: ${problem}`, {
    code: 'STACK_STATE_INVALID',
    hint: HINT,
    exitCode: EXIT.unreachable,
  });
}

const HINT =
  'it was edited, moved, cut or made by another version: end its processes by hand and remove the directory';

function parseState(path: string, text: string): StackFile {
  try {
    return stackState.parse(JSON.parse(text));
  } catch (cause) {
    throw new RelayBenchError(`${path} is not the state of a stack`, {
      code: 'STACK_STATE_INVALID',
      hint: HINT,
      exitCode: EXIT.unreachable,
      cause,
    });
  }
}

/** Writes the state at once or not at all. The servers' user may read it, since the supervisor is one of them. */
export async function writeState({ binaries: _, ...state }: StackState): Promise<void> {
  await makeDirectory(state.dir);
  const { owner } = state;
  const access = owner === null ? { owner } : { owner: rootOwned(owner), mode: 0o640 };
  await putFile(join(state.dir, STATE_FILE), jsonLines(state), access);
}

/** The text of a value as the files of a stack have it. */
export function jsonLines(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Services of the given kinds, in the order of the stack. */
export function servicesOfKind(state: StackState, ...kinds: readonly Service['kind'][]): Service[] {
  return state.services.filter(({ kind }) => kinds.includes(kind));
}

/**
 * Who leads relays to Postgres; undefined where they talk to it themselves. In a stack of a version that had one balancer for
 * both it is that of the clients.
 */
export function databaseBalancerOf<S extends Pick<Service, 'kind'>>(services: readonly S[]): S | undefined {
  return (
    services.find(({ kind }) => kind === 'haproxy-db') ?? services.find(({ kind }) => kind === 'haproxy')
  );
}

/** A port that a service must have. */
export function portOf(of: Service, purpose: string): number {
  const value = own(of.ports, purpose);
  if (value === undefined) throw new Error(`${of.name} has no port for ${purpose}`);
  return value;
}

/** Where clients come in: the balancers of regions, else that of the relays, else the relay. */
export function entryServices<S extends Pick<Service, 'kind'>>(services: readonly S[]): S[] {
  const regions = services.filter(({ kind }) => kind === 'region');
  return regions.length > 0 ? regions : [originOf(services)];
}

/** Where the relays are reached, by clients or by edges: their balancer, else the relay. */
export function originOf<S extends Pick<Service, 'kind'>>(services: readonly S[]): S {
  const entry =
    services.find(({ kind }) => kind === 'haproxy') ?? services.find(({ kind }) => kind === 'relay');
  if (entry === undefined) throw new Error('a stack has a relay');
  return entry;
}

/** The port of the proxy that leads clients to the entry of a stack. */
export function entryPurpose(entry: Pick<Service, 'name'>): string {
  return `clients>${entry.name}:ws`;
}

function entryPort(state: StackState, entry: Service): number {
  const [proxy] = servicesOfKind(state, 'links');
  const isBehind = proxy !== undefined && state.links.includes('clients');
  return isBehind ? portOf(proxy, entryPurpose(entry)) : portOf(entry, 'ws');
}

/**
 * The addresses that clients load, one for each region where there are regions: the proxy where it stands before them, else the
 * balancer, else the relay.
 */
export function entriesOf(state: StackState): string[] {
  return entryServices(state.services).map((entry) => `ws://127.0.0.1:${entryPort(state, entry)}/`);
}

/** The first of them. */
export function entryOf(state: StackState): string {
  const [first = ''] = entriesOf(state);
  return first;
}

/** Where a service writes what it has to say. */
export function logOf(of: Service): string {
  return join(of.dir, 'log');
}
