import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { access, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Pool } from 'pg';
import { eventually } from './eventually.ts';

const run = promisify(execFile);

/** Postgres refuses to run as root; any other uid will do. */
const UNPRIVILEGED_ID = 65_534;
const DEBIAN = '/usr/lib/postgresql';
const PROGRAMS = ['initdb', 'postgres', 'pg_basebackup'];

/** A throwaway cluster, or a standby of one. */
export interface TestPostgres {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** A database of its own, empty. */
  createDatabase(): Promise<string>;
  /** A streaming replica of this cluster. */
  addReplica(): Promise<TestPostgres>;
  /** SIGKILL, as a crash of the machine would do it. */
  kill(): Promise<void>;
  /** Starts it again after it was killed or stopped, on the same port and data. */
  restart(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** Ports that systems give to no connection and to no server that asks for any: only who draws one here takes it. */
const PORTS = { from: 15_000, to: 32_000 } as const;

/** A port that is free, and that nobody is likely to take before it is used. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

async function findBinaries(): Promise<string> {
  const versions = await readdir(DEBIAN).catch(() => []);
  const debian = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN, version, 'bin'));
  for (const dir of [...(process.env['PATH'] ?? '').split(delimiter), ...debian]) {
    const isThere = await Promise.all(PROGRAMS.map((program) => access(join(dir, program)))).then(
      () => true,
      () => false,
    );
    if (isThere) return dir;
  }
  throw new Error(
    'PostgreSQL is not installed: no initdb in PATH or /usr/lib/postgresql (package "postgresql")',
  );
}

const identity = process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};
const env = { ...process.env, LC_ALL: 'C.UTF-8' };

async function newDirectory(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'relay-bench-pg-'));
  if (identity.uid !== undefined) await chown(dir, identity.uid, identity.gid);
  return dir;
}

/** Starts a cluster without fsync: a test never needs to survive a power cut. */
export async function startTestPostgres(settings: readonly string[] = []): Promise<TestPostgres> {
  const bin = await findBinaries();
  const dir = await newDirectory();
  const data = join(dir, 'data');
  await run(join(bin, 'initdb'), ['-N', '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '-D', data], {
    ...identity,
    env,
    cwd: dir,
  });
  return await startCluster({ bin, dir, data, settings: ['fsync=off', ...settings] });
}

interface Place {
  readonly bin: string;
  readonly dir: string;
  readonly data: string;
  readonly settings: readonly string[];
}

async function startCluster(place: Place): Promise<TestPostgres> {
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let server = await launch(place, port, url);
  let databases = 0;
  return {
    url,
    port,
    get pid() {
      return server.pid ?? 0;
    },
    createDatabase: async () => {
      const name = `test_${process.pid}_${databases++}`;
      await withClient(url, (client) => client.query(`create database ${name}`));
      return url.replace(/postgres$/, name);
    },
    addReplica: () => addReplica(place, port),
    kill: () => end(server, 'SIGKILL'),
    restart: async () => {
      await end(server, 'SIGINT');
      server = await launch(place, port, url);
    },
    stop: async () => {
      await end(server, 'SIGINT');
      await rm(place.dir, { recursive: true, force: true });
    },
  };
}

async function addReplica({ bin, settings }: Place, port: number): Promise<TestPostgres> {
  const dir = await newDirectory();
  const data = join(dir, 'data');
  const args = [
    '-N',
    '-R',
    '-c',
    'fast',
    '-h',
    '127.0.0.1',
    '-p',
    String(port),
    '-U',
    'postgres',
    '-D',
    data,
  ];
  await run(join(bin, 'pg_basebackup'), args, { ...identity, env, cwd: dir });
  return await startCluster({ bin, dir, data, settings });
}

async function launch({ bin, dir, data, settings }: Place, port: number, url: string): Promise<ChildProcess> {
  const options = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'wal_retrieve_retry_interval=200ms',
    ...settings,
  ].flatMap((option) => ['-c', option]);
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...options], {
    ...identity,
    env,
    cwd: dir,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  server.stderr?.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4_000);
  });
  const isReady = async (): Promise<boolean> => {
    if (server.exitCode !== null) throw new Error(`it ended with ${server.exitCode}`);
    return withClient(url, (client) => client.query('select 1')).then(
      () => true,
      () => false,
    );
  };
  try {
    await eventually('a Postgres that answers', isReady);
    return server;
  } catch (error) {
    await end(server, 'SIGKILL');
    throw new Error(`postgres did not get ready: ${log}`, { cause: error });
  }
}

/** Does something with a connection of its own. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  // A server that ends while nobody asks it something is no error of a test.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Opens a pool. `pool.end()` says goodbye and doesn't wait for it: a server that is ended right after it may still tell
 * a connection so, and what a pool hears with no listener ends the process.
 */
export function openTestPool(url: string): Pool {
  const pool = new Pool({ connectionString: url });
  pool.on('error', () => undefined);
  return pool;
}

async function end(server: ChildProcess, signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill(signal);
  await gone;
}
