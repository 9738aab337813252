import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from './eventually.ts';
import { freePort } from './postgres.ts';

const SLOTS = 16_384;

/** A redis-server of one's own. */
export interface TestRedis {
  readonly port: number;
  readonly url: string;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>;
  /** Executes nothing that writes or publishes for so long; what is held back of a client that goes is forgotten. */
  holdBack(ms: number): Promise<void>;
  /** Publishes a text on a channel, as somebody without a name. */
  publish(channel: string, text: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a redis-server that keeps nothing on disk. */
export async function startTestRedis(extraArgs: readonly string[] = []): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'relay-bench-redis-'));
  const port = await freePort();
  let server = await launch(dir, port, extraArgs);
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill: () => end(server, 'SIGKILL'),
    restart: async () => {
      await end(server, 'SIGKILL');
      server = await launch(dir, port, extraArgs);
    },
    holdBack: async (ms) => {
      await ask(port, 'CLIENT', 'PAUSE', String(ms), 'WRITE');
    },
    publish: async (channel, text) => {
      await ask(port, 'PUBLISH', channel, text);
    },
    stop: async () => {
      await end(server, 'SIGTERM');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A cluster of three masters without replicas. */
export async function startTestCluster(): Promise<{ readonly nodes: string[]; stop(): Promise<void> }> {
  const servers = await Promise.all(
    [0, 1, 2].map(async () =>
      startTestRedis(['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())]),
    ),
  );
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    await joinNodes(servers.map(({ port }) => port));
  } catch (error) {
    await stop();
    throw error;
  }
  return { nodes: servers.map(({ port }) => `127.0.0.1:${port}`), stop };
}

/** The sharded channels that somebody has subscribed to on a node, `host:port`. */
export async function sharedChannels(node: string): Promise<unknown> {
  return await ask(Number(node.split(':')[1]), 'PUBSUB', 'SHARDCHANNELS');
}

async function ask(port: number, command: string, ...args: readonly string[]): Promise<unknown> {
  const client = new Redis(port, '127.0.0.1');
  try {
    return await client.call(command, ...args);
  } finally {
    client.disconnect();
  }
}

async function joinNodes(ports: readonly number[]): Promise<void> {
  const clients = ports.map((port) => new Redis(port, '127.0.0.1'));
  try {
    const buses = await Promise.all(clients.map((client) => client.config('GET', 'cluster-port')));
    for (const [index, client] of clients.entries()) {
      const from = Math.floor((SLOTS * index) / clients.length);
      const to = Math.floor((SLOTS * (index + 1)) / clients.length) - 1;
      await client.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
      const bus = (buses[0] as string[])[1] ?? '';
      if (index > 0) await client.call('CLUSTER', 'MEET', '127.0.0.1', ports[0] ?? 0, bus);
    }
    await eventually('a complete cluster', async () => {
      const states = await Promise.all(clients.map((client) => client.call('CLUSTER', 'INFO')));
      return states.every((state) => String(state).includes('cluster_state:ok'));
    });
  } finally {
    for (const client of clients) client.disconnect();
  }
}

async function launch(dir: string, port: number, extraArgs: readonly string[]): Promise<ChildProcess> {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', dir];
  const server = spawn(
    'redis-server',
    [...args, '--cluster-config-file', `nodes-${port}.conf`, ...extraArgs],
    {
      stdio: 'ignore',
    },
  );
  let failure: Error | null = null;
  server.on('error', (error) => {
    failure = error;
  });
  const client = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  client.connect().catch(() => undefined);
  try {
    await eventually('redis-server answers', async () => {
      if (failure !== null) throw failure;
      if (server.exitCode !== null) throw new Error(`redis-server ended with ${server.exitCode}`);
      return client.status === 'ready';
    });
  } catch (error) {
    await end(server, 'SIGKILL');
    throw error;
  } finally {
    client.disconnect();
  }
  return server;
}

async function end(server: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill(signal);
  await gone;
}
