import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { chmod, chown, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { getuid } from 'node:process';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { Client as PgClient } from 'pg';
import { describe, expect, test } from 'vitest';
import { processesIn } from '../../src/observe/process-identity.ts';
import { primaryOf } from '../../src/stack/postgres/servers.ts';
import { relayAddresses } from '../../src/stack/relays.ts';
import { type Secrets, secretsOf } from '../../src/stack/secrets.ts';
import { entryOf, portOf, readState, type StackState, servicesOfKind } from '../../src/stack/state.ts';
import type { StackStatus } from '../../src/stack/status.ts';
import { Author } from '../conformance/author.ts';
import { Client } from '../conformance/client.ts';
import { eventually } from '../support/eventually.ts';
import { runCli } from '../support/run-cli.ts';
import { stackDir } from '../support/stack-dir.ts';

const run = promisify(execFile);
const NOBODY = 65_534;

function stateOf(dir: string): StackState {
  const state = readState(dir);
  if (state === null) throw new Error(`no stack in ${dir}`);
  return state;
}

/** Every secret of a stack. */
function textsOf({ postgres, redis, busKey }: Secrets): string[] {
  return [...Object.values(postgres), ...Object.values(redis), busKey];
}

function expectNothingTold(dir: string, state: StackState, secrets: readonly string[]): void {
  for (const { pid } of processesIn(dir)) {
    for (const file of ['cmdline', 'environ']) {
      const text = readFileSync(`/proc/${pid}/${file}`, 'utf8');
      for (const secret of secrets) expect(text.includes(secret), `${pid}/${file}`).toBe(false);
    }
  }
  for (const { name, dir: place } of state.services) {
    const log = readFileSync(join(place, 'log'), 'utf8');
    for (const secret of secrets) expect(log.includes(secret), name).toBe(false);
  }
}

async function expectNoStrangers(state: StackState): Promise<void> {
  const { postgres } = secretsOf(primaryOf(state));
  const port = portOf(primaryOf(state), 'sql');
  for (const config of [
    { host: '127.0.0.1', port, user: 'relay', database: 'relaybench', password: 'guess' },
    { host: '127.0.0.1', port, user: 'postgres', database: 'postgres', password: postgres.postgres },
    { host: primaryOf(state).dir, port, user: 'postgres', database: 'postgres', password: 'guess' },
  ]) {
    const client = new PgClient(config);
    await expect(client.connect(), config.host).rejects.toThrow(/password authentication|no pg_hba\.conf/);
  }
  for (const service of servicesOfKind(state, 'redis-pubsub', 'redis-cache')) {
    const stranger = new Redis({ port: portOf(service, 'redis'), host: '127.0.0.1', lazyConnect: true });
    stranger.on('error', () => undefined);
    await expect(stranger.publish('nostr:events', 'x'), service.name).rejects.toThrow('NOAUTH');
    stranger.disconnect();
  }
}

/** Somebody who has the password of a relay's user, and not the key with which relays sign. */
async function forge(state: StackState, texts: readonly string[]): Promise<void> {
  const [pubsub] = servicesOfKind(state, 'redis-pubsub');
  if (pubsub === undefined) throw new Error('no Redis');
  const { redis } = secretsOf(pubsub);
  const login = { username: 'relay', password: redis.relay };
  const client = new Redis({ port: portOf(pubsub, 'redis'), host: '127.0.0.1', ...login });
  try {
    for (const text of texts) expect(await client.publish('nostr:events', text)).toBe(3);
    await expect(client.flushall()).rejects.toThrow('NOPERM');
    await expect(client.config('GET', '*')).rejects.toThrow('NOPERM');
    await expect(client.publish('other', 'x')).rejects.toThrow('NOPERM');
  } finally {
    client.disconnect();
  }
}

async function refusedBy(state: StackState): Promise<number[]> {
  return await Promise.all(
    servicesOfKind(state, 'relay').map(async (relay) => {
      const text = await (await fetch(`http://127.0.0.1:${portOf(relay, 'metrics')}/metrics`)).text();
      return Number(/^nostr_bus_refused_total (\d+)/m.exec(text)?.[1]);
    }),
  );
}

/** No forged event reaches a subscriber, no relay ends, and what they tell each other still arrives. */
async function expectForgeriesFail(state: StackState): Promise<void> {
  const author = new Author();
  const urls = relayAddresses(state);
  const clients = await Promise.all(urls.map((url) => new Client(url).open()));
  try {
    const subs = clients.map((client) => client.subscribe({ authors: [author.pubkey], limit: 0 }));
    for (const [index, client] of clients.entries()) await client.stored(subs[index] ?? '');
    const forged = { ...author.sign({ content: 'forged' }), sig: '0'.repeat(128) };
    const head = { type: 'event', from: 'relay-9', lsn: Number.MAX_SAFE_INTEGER };
    const row = [forged.id, forged.pubkey, forged.created_at, 1, null];
    await forge(state, [
      'x',
      '',
      '{"type":"event"}',
      `${JSON.stringify({ ...head, row })}\n${JSON.stringify(forged)}`,
    ]);
    await eventually('all refused', async () => (await refusedBy(state)).every((count) => count === 4));
    const real = author.sign({ content: 'real' });
    await clients[0]?.publish(real);
    for (const [index, client] of clients.entries()) {
      await client.delivery(subs[index] ?? '', real.id);
      expect(client.received(subs[index] ?? '').map(({ content }) => content)).toEqual(['real']);
    }
  } finally {
    for (const client of clients) client.terminate();
  }
}

describe('the scaled stack', () => {
  test('lets nobody in who has no password, tells none, runs nothing as root, and believes nothing that is forged', async () => {
    const dir = await stackDir();
    const up = await runCli(['stack', 'up', 'scaled', '--dir', dir]);
    expect(up, up.stderr).toMatchObject({ exitCode: 0 });
    const state = stateOf(dir);
    const pids = processesIn(dir).map(({ pid }) => pid);
    expect(pids.length).toBeGreaterThan(12);
    for (const pid of pids) {
      expect(statSync(`/proc/${pid}`).uid, readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toBe(
        state.owner?.uid ?? getuid?.(),
      );
    }
    expect(state.owner?.uid).not.toBe(0);
    const secrets = secretsOf(primaryOf(state));
    for (const name of ['secrets.json', 'relay-secrets.json']) {
      expect((await stat(join(dir, name))).mode & 0o777, name).toBe(0o600);
    }
    await expectNoStrangers(state);
    await expectForgeriesFail(state);
    expectNothingTold(dir, state, textsOf(secrets));
    const entry = entryOf(state).replace('ws', 'http');
    expect((await fetch(`${entry}metrics`)).status).toBe(404);
    const { stdout } = await runCli(['stack', 'status', '--json', '--dir', dir]);
    const { services } = JSON.parse(stdout) as StackStatus;
    expect(services.filter(({ problem }) => problem !== null)).toEqual([]);
    expect(services.filter(({ restarts }) => restarts > 0)).toEqual([]);
  });
});

describe('a limit for one address', () => {
  test('cuts who holds more connections, and leaves room for another address', async () => {
    const dir = await stackDir();
    const flags = ['--relays', '1', '--replicas', '0', '--per-address-connections', '20'];
    const up = await runCli(['stack', 'up', 'scaled', '--dir', dir, ...flags]);
    expect(up, up.stderr).toMatchObject({ exitCode: 0 });
    const url = entryOf(stateOf(dir));
    const held = await Promise.all(Array.from({ length: 20 }, () => new Client(url).open()));
    try {
      await expect(new Client(url).open()).rejects.toThrow();
      const { port } = new URL(url);
      const other = await run('curl', ['-s', '--interface', '127.0.0.2', `http://127.0.0.1:${port}/health`]);
      expect(other.stdout).toBe('alive\n');
    } finally {
      for (const client of held) client.terminate();
    }
  });
});

/** What another user leaves for root: a state that names a program and a directory. */
async function planted(dir: string, marker: string): Promise<void> {
  const evil = join(dirname(dir), 'evil.sh');
  await writeFile(evil, `#!/bin/sh\necho "$0 $*" >> ${marker}\n`, { mode: 0o755 });
  await mkdir(dir);
  const service = { name: 'supervisor', kind: 'supervisor', role: 'x', dependsOn: [], ports: { http: 1 } };
  const state = {
    format: 3,
    profile: 'single',
    shape: { relays: 1, replicas: 0, balancer: false, pubsub: false, cacheNodes: 0 },
    ...{ durability: 'async', cache: 'l1', createdAt: '2026-01-01T00:00:00.000Z', phase: 'kept' },
    ...{ dir, owner: null, postgres: 'system', perAddress: 'default' },
    services: [{ ...service, dir: join(dirname(dir), 'precious') }],
  };
  await writeFile(join(dir, 'stack.json'), JSON.stringify(state));
}

describe('a stack that another user has left', () => {
  test.each(['up single', 'down', 'status', 'logs'])('is not believed by stack %s', async (command) => {
    const dir = await stackDir();
    const parent = dirname(dir);
    const marker = join(parent, 'ran');
    const precious = join(parent, 'precious');
    await mkdir(precious);
    await planted(dir, marker);
    // As root it belongs to somebody else; who is not root can only leave it open to others.
    if (getuid?.() === 0) {
      for (const path of [dir, join(dir, 'stack.json')]) await chown(path, NOBODY, NOBODY);
    } else await chmod(dir, 0o777);
    try {
      const result = await runCli(['stack', ...command.split(' '), '--dir', dir]);
      expect(result).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('is not used: ') });
      expect(existsSync(marker)).toBe(false);
      expect(existsSync(precious)).toBe(true);
    } finally {
      await run('rm', ['-rf', dir]);
    }
  });

  test("that names a directory outside is refused, even as one of one's own", async () => {
    const dir = await stackDir();
    const precious = join(dirname(dir), 'precious');
    await mkdir(precious);
    await planted(dir, join(dirname(dir), 'ran'));
    const down = await runCli(['stack', 'down', '--dir', dir]);
    expect(down).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('outside of it') });
    expect(existsSync(precious)).toBe(true);
    await run('rm', ['-rf', dir]);
  });
});

describe('directories that others may write to', () => {
  test.each([
    ['--out', ['run', 'quick']],
    ['--cache', ['corpus', 'generate', '--events', '100']],
  ])('are refused for %s before anything is done', async (flag, args) => {
    const dir = join(dirname(await stackDir()), 'shared');
    await mkdir(dir);
    await chmod(dir, 0o777);
    const result = await runCli([...args, flag, dir]);
    expect(result).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`${flag} ${dir} is not used: others may write it (mode 777)`),
    });
  });
});
