import { existsSync } from 'node:fs';
import { chown, rm, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { launch } from '../processes.ts';
import { readRoles } from '../roles.ts';
import { runProgram } from '../run-program.ts';
import { type Service, type StackState, servicesOfKind } from '../state.ts';
import { copyRunning } from './base-backup.ts';
import { inDatabase, withAdmin } from './client.ts';
import {
  DATABASE,
  dataDir,
  hbaFile,
  nodeFile,
  RELAY_USER,
  REPLICATION_USER,
  SUPERUSER,
  settingsFile,
  slotOf,
} from './settings.ts';

const COMMON_FILE = 'relay-bench.conf';
const NODE_FILE = 'relay-bench-node.conf';

/** Whether a server has data already, from before a stop that kept it. */
export function hasData(node: Service): boolean {
  return existsSync(join(dataDir(node), 'PG_VERSION'));
}

/**
 * Makes the data directories of all servers: one initdb without syncing (only these fresh files are not synced;
 * the server itself syncs every commit), copied for the replicas before it is first started, which takes a tenth
 * of a second where a base backup takes seconds.
 */
export async function createData(state: StackState, signal: AbortSignal): Promise<void> {
  const [first, ...replicas] = servicesOfKind(state, 'postgres');
  if (first === undefined || hasData(first)) return;
  const { owner, binaries } = state;
  const run = (program: string, args: readonly string[]): Promise<string> =>
    runProgram({ program, args, cwd: first.dir, owner, signal });
  await run(binaries['initdb'] ?? 'initdb', initdbArgs(first));
  const data = dataDir(first);
  await put(state, join(data, 'pg_hba.conf'), hbaFile());
  await put(state, join(data, COMMON_FILE), settingsFile(state, totalmem()));
  await put(state, join(data, 'postgresql.conf'), `include '${COMMON_FILE}'\ninclude '${NODE_FILE}'\n`);
  await put(state, join(data, NODE_FILE), nodeFile(first, null));
  for (const replica of replicas) {
    await run('cp', ['-a', data, dataDir(replica)]);
    await follow(state, replica, first);
  }
}

function initdbArgs(node: Service): string[] {
  return [
    ...['-D', dataDir(node), '-U', SUPERUSER, '-A', 'trust', '-E', 'UTF8'],
    // Ids and keys are compared byte by byte, which is also faster.
    ...['--locale=C', '--no-sync', '--no-instructions'],
  ];
}

/** Makes a server a replica of `primary`; a running one follows it after {@link reload}. */
export async function follow(state: StackState, replica: Service, primary: Service): Promise<void> {
  await put(state, join(dataDir(replica), NODE_FILE), nodeFile(replica, primary));
  await put(state, join(dataDir(replica), 'standby.signal'), '');
}

/** Writes down that a server follows nobody: it is the primary. */
export async function lead(state: StackState, node: Service): Promise<void> {
  await put(state, join(dataDir(node), NODE_FILE), nodeFile(node, null));
}

/** Lets a running server read its settings again. */
export async function reload(node: Service): Promise<void> {
  await withAdmin(node, (ask) => ask('SELECT pg_reload_conf()'));
}

/** Starts the process of a server. */
export async function launchPostgres(state: StackState, node: Service): Promise<void> {
  // What is left of a server that was killed; with it a new one takes a foreign process for its old self.
  await rm(join(dataDir(node), 'postmaster.pid'), { force: true });
  await launch(node, {
    program: state.binaries['postgres'] ?? 'postgres',
    args: ['-D', dataDir(node)],
    owner: state.owner,
  });
}

/** Whether a server answers queries. @throws Error of the driver where it does not */
export async function answersQueries(node: Service): Promise<void> {
  await withAdmin(node, (ask) => ask('SELECT 1'), { queryTimeoutMs: 1_000 });
}

/** Replicas are started when the primary is ready: with durability sync its first commits would wait for ever. */
const WAIT_FOR_NOBODY = 'SET synchronous_commit = local';

/** What the first primary needs before anybody else may connect: users, database, extension, slots. */
export async function initialise(state: StackState, primary: Service): Promise<void> {
  await withAdmin(primary, async (ask) => {
    await ask(WAIT_FOR_NOBODY);
    const users = await ask<{ rolname: string }>('SELECT rolname FROM pg_roles');
    if (users.some(({ rolname }) => rolname === RELAY_USER)) return;
    await ask(`CREATE ROLE ${REPLICATION_USER} LOGIN REPLICATION`);
    await ask(`CREATE ROLE ${RELAY_USER} LOGIN`);
    await ask(`CREATE DATABASE ${DATABASE} OWNER ${RELAY_USER}`);
  });
  await inDatabase(primary, async (ask) => {
    await ask(WAIT_FOR_NOBODY);
    await ask('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  });
  await createSlots(state, primary);
}

/** A slot on `primary` for every other server: it keeps what a replica that is away has not received. */
export async function createSlots(state: StackState, primary: Service): Promise<void> {
  await withAdmin(primary, async (ask) => {
    const existing = await ask<{ slot_name: string }>('SELECT slot_name FROM pg_replication_slots');
    const known = new Set(existing.map(({ slot_name }) => slot_name));
    for (const other of servicesOfKind(state, 'postgres')) {
      if (other.name === primary.name || known.has(slotOf(other))) continue;
      await ask('SELECT pg_create_physical_replication_slot($1, true)', [slotOf(other)]);
    }
  });
}

/** Makes a replica anew from the running primary, whatever state its data is in. */
export async function rebuild(state: StackState, node: Service, primary: Service): Promise<void> {
  const data = dataDir(node);
  const { owner, binaries } = state;
  await rm(data, { recursive: true, force: true });
  const program = binaries['pg_basebackup'];
  if (program === undefined) {
    const label = await copyRunning({ primary, from: dataDir(primary), to: data, owner });
    await put(state, join(data, 'backup_label'), label);
  } else await runProgram({ program, args: baseBackupArgs(data, primary), cwd: node.dir, owner });
  await follow(state, node, primary);
}

function baseBackupArgs(data: string, primary: Service): string[] {
  return [
    ...['-D', data, '-h', primary.dir, '-p', String(primary.ports['sql']), '-U', SUPERUSER],
    ...['--no-sync', '--checkpoint=fast', '--wal-method=stream'],
  ];
}

/** The server that accepts writes. */
export function primaryOf(state: StackState): Service {
  const { primary } = readRoles(state);
  const node = servicesOfKind(state, 'postgres').find(({ name }) => name === primary);
  if (node === undefined) throw new Error(`the stack has no Postgres ${primary}`);
  return node;
}

async function put(state: StackState, path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  if (state.owner !== null) await chown(path, state.owner.uid, state.owner.gid);
}
