import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { addressesIn } from '../links.ts';
import { launch } from '../processes.ts';
import { type Roles, readRoles } from '../roles.ts';
import { runProgram } from '../run-program.ts';
import { type Secrets, secretsOf } from '../secrets.ts';
import { putFile } from '../service-files.ts';
import { type Service, type StackState, servicesOfKind } from '../state.ts';
import { copyRunning } from './base-backup.ts';
import { inDatabase, withAdmin } from './client.ts';
import { scramVerifier } from './scram.ts';
import {
  DATABASE,
  dataDir,
  hbaFile,
  nodeFile,
  passFile,
  RELAY_USER,
  REPLICATION_USER,
  SUPERUSER,
  settingsFile,
  slotOf,
} from './settings.ts';

/** What a server is started with: beside its data, which belongs to it, and not in it. */
const CONFIG_FILE = 'postgresql.conf';
const COMMON_FILE = 'relay-bench.conf';
const NODE_FILE = 'relay-bench-node.conf';

/** Whether a server has data already, from before a stop that kept it. */
export function hasData(node: Service): boolean {
  return existsSync(join(dataDir(node), 'PG_VERSION'));
}

/** Makes the data of all servers; where it was kept their settings are written anew, which may be others now. */
export async function provideData(state: StackState, signal: AbortSignal): Promise<void> {
  const [first] = servicesOfKind(state, 'postgres');
  if (first === undefined) return;
  if (hasData(first)) await configureKept(state);
  else await createData(state, signal);
}

async function configureKept(state: StackState): Promise<void> {
  const primary = primaryOf(state);
  for (const node of servicesOfKind(state, 'postgres').filter(hasData)) {
    await configure(state, node, secretsOf(node));
    if (node.name === primary.name) await lead(state, node);
    else await follow(state, node, primary);
  }
}

/** Makes the data of one more replica, from the primary that runs. */
export async function addReplica(state: StackState, node: Service): Promise<void> {
  await configure(state, node, secretsOf(node));
  try {
    await rebuild(state, node, primaryOf(state));
  } catch (error) {
    // Half a copy must not be taken for data.
    await rm(dataDir(node), { recursive: true, force: true });
    throw error;
  }
}

/**
 * Makes the data directories of all servers: one initdb without syncing (only these fresh files are not synced;
 * the server itself syncs every commit), copied for the replicas before it is first started, which takes a tenth
 * of a second where a base backup takes seconds.
 */
async function createData(state: StackState, signal: AbortSignal): Promise<void> {
  const [first, ...replicas] = servicesOfKind(state, 'postgres');
  if (first === undefined) return;
  const { owner, binaries } = state;
  const secrets = secretsOf(first);
  const run = (program: string, args: readonly string[]): Promise<string> =>
    runProgram({ program, args, cwd: first.dir, owner, signal });
  const passwordFile = join(first.dir, 'initdb-password');
  await putFile(passwordFile, `${secrets.postgres[SUPERUSER]}\n`, state);
  await run(binaries['initdb'] ?? 'initdb', initdbArgs(first, passwordFile));
  await rm(passwordFile);
  await configure(state, first, secrets);
  await lead(state, first);
  for (const replica of replicas) {
    await run('cp', ['-a', dataDir(first), dataDir(replica)]);
    await configure(state, replica, secrets);
    await follow(state, replica, first);
  }
}

/** Writes what is the same for a server whoever the primary is. */
async function configure(state: StackState, node: Service, { postgres }: Secrets): Promise<void> {
  const files = {
    [CONFIG_FILE]: `include '${COMMON_FILE}'\ninclude '${NODE_FILE}'\n`,
    [COMMON_FILE]: settingsFile(state, totalmem()),
    'pg_hba.conf': hbaFile(),
  };
  for (const [name, text] of Object.entries(files)) await putFile(join(node.dir, name), text, state);
  const users = [SUPERUSER, REPLICATION_USER] as const;
  const lines = users.map((user) => `*:*:*:${user}:${postgres[user]}\n`);
  await putFile(passFile(node), lines.join(''), state);
}

function initdbArgs(node: Service, passwordFile: string): string[] {
  return [
    ...[
      '-D',
      dataDir(node),
      '-U',
      SUPERUSER,
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
    ],
    // Ids and keys are compared byte by byte, which is also faster.
    ...['--locale=C', '--no-sync', '--no-instructions'],
    // A replica that begins to follow another primary is sent the segment of the log in which it is from its start: with 16 MB,
    // the default, that is what a failover with durability sync waits for.
    '--wal-segsize=4',
  ];
}

/** Makes a server a replica of `primary`; a running one follows it after {@link reload}. */
export async function follow(state: StackState, replica: Service, primary: Service): Promise<void> {
  await putFile(join(replica.dir, NODE_FILE), nodeFile(replica, primary, addressesIn(state)), state);
  await asOwner(state, replica, 'touch', [join(dataDir(replica), 'standby.signal')]);
}

/** Writes down that a server follows nobody: it is the primary. */
export async function lead(state: StackState, node: Service): Promise<void> {
  await putFile(join(node.dir, NODE_FILE), nodeFile(node, null), state);
}

/** Lets a running server read its settings again. */
export async function reload(node: Service): Promise<void> {
  await withAdmin(node, (ask) => ask('SELECT pg_reload_conf()'));
}

/** Starts the process of a server. */
export async function launchPostgres(state: StackState, node: Service): Promise<void> {
  // What is left of a server that was killed; with it a new one takes a foreign process for its old self.
  await asOwner(state, node, 'rm', ['-f', join(dataDir(node), 'postmaster.pid')]);
  await launch(node, {
    program: state.binaries['postgres'] ?? 'postgres',
    args: ['-D', dataDir(node), '-c', `config_file=${join(node.dir, CONFIG_FILE)}`],
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
  const { postgres } = secretsOf(primary);
  await withAdmin(primary, async (ask) => {
    await ask(WAIT_FOR_NOBODY);
    const users = await ask<{ rolname: string }>('SELECT rolname FROM pg_roles');
    if (users.some(({ rolname }) => rolname === RELAY_USER)) return;
    const replicator = scramVerifier(postgres[REPLICATION_USER]);
    await ask(`CREATE ROLE ${REPLICATION_USER} LOGIN REPLICATION PASSWORD '${replicator}'`);
    await ask(`CREATE ROLE ${RELAY_USER} LOGIN PASSWORD '${scramVerifier(postgres[RELAY_USER])}'`);
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
    await putFile(join(data, 'backup_label'), label, state);
  } else {
    const env = { PGPASSFILE: passFile(node) };
    await runProgram({ program, args: baseBackupArgs(data, primary), cwd: node.dir, owner, env });
  }
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
  return primaryIn(state, readRoles(state));
}

/** The server that roles name as the one that accepts writes. */
export function primaryIn(state: StackState, { primary }: Roles): Service {
  const node = servicesOfKind(state, 'postgres').find(({ name }) => name === primary);
  if (node === undefined) throw new Error(`the stack has no Postgres ${primary}`);
  return node;
}

/** Root writes nothing in a data directory itself: whoever owns it may have put links there. */
async function asOwner(
  state: StackState,
  node: Service,
  program: string,
  args: readonly string[],
): Promise<void> {
  await runProgram({ program, args, cwd: node.dir, owner: state.owner });
}
