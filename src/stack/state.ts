import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { makeDirectory } from '../base/directory.ts';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { own } from '../base/own.ts';

const port = z.int().min(1).max(65_535);

const service = z.strictObject({
  name: z.string(),
  kind: z.enum(['postgres', 'redis-pubsub', 'redis-cache', 'supervisor', 'haproxy', 'relay']),
  role: z.string(),
  dependsOn: z.array(z.string()),
  /** Its own directory: working directory, data, log. */
  dir: z.string(),
  /** By purpose, for example `sql`, `ws`. */
  ports: z.record(z.string(), port),
});

const stackState = z.strictObject({
  format: z.literal(1),
  profile: z.string(),
  shape: z.strictObject({
    relays: z.int(),
    replicas: z.int(),
    balancer: z.boolean(),
    pubsub: z.boolean(),
    cacheNodes: z.int(),
  }),
  durability: z.enum(['async', 'sync']),
  cache: z.enum(['off', 'l1', 'l2']),
  createdAt: z.iso.datetime(),
  /** `starting` until everything was ready once; `kept` after a stop that kept the data. */
  phase: z.enum(['starting', 'up', 'kept']),
  dir: z.string(),
  /** Who the servers run as; null for the user who started the stack. */
  owner: z.strictObject({ uid: z.int(), gid: z.int() }).nullable(),
  binaries: z.record(z.string(), z.string()),
  services: z.array(service),
});

/** Everything about a stack that does not change while it runs; the file from which all else works. */
export type StackState = z.infer<typeof stackState>;
/** A process of a stack: where it lives and listens. */
export type Service = StackState['services'][number];
export type Durability = StackState['durability'];
export type CacheMode = StackState['cache'];

const STATE_FILE = 'stack.json';

/** The state of the stack in `dir`, or null where there is none. @throws RelayBenchError `STACK_STATE_INVALID` (exit 3) */
export function readState(dir: string): StackState | null {
  const path = join(dir, STATE_FILE);
  try {
    return stackState.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new RelayBenchError(`${path} is not the state of a stack`, {
      code: 'STACK_STATE_INVALID',
      hint: 'it was edited, cut or made by another version: end its processes by hand and remove the directory',
      exitCode: EXIT.unreachable,
      cause,
    });
  }
}

/** Writes the state at once or not at all. */
export async function writeState(state: StackState): Promise<void> {
  await makeDirectory(state.dir);
  await writeJson(join(state.dir, STATE_FILE), state);
}

/** Writes JSON to a neighbour and renames it: a reader never sees half a file. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const draft = `${path}.new`;
  await writeFile(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, path);
}

/** Services of the given kinds, in the order of the stack. */
export function servicesOfKind(state: StackState, ...kinds: readonly Service['kind'][]): Service[] {
  return state.services.filter(({ kind }) => kinds.includes(kind));
}

/** A port that a service must have. */
export function portOf(of: Service, purpose: string): number {
  const value = own(of.ports, purpose);
  if (value === undefined) throw new Error(`${of.name} has no port for ${purpose}`);
  return value;
}

/** The address that clients load: the balancer where there is one, else the relay. */
export function entryOf(state: StackState): string {
  const [entry] = [...servicesOfKind(state, 'haproxy'), ...servicesOfKind(state, 'relay')];
  if (entry === undefined) throw new Error('a stack has a relay');
  return `ws://127.0.0.1:${portOf(entry, 'ws')}/`;
}

/** Where a service writes what it has to say. */
export function logOf(of: Service): string {
  return join(of.dir, 'log');
}
