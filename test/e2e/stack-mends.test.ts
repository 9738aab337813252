import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Ledger, type LedgerResult } from '../../bench/fault-ledger.mjs';
import { takeDown } from '../../src/stack/lifecycle/down.ts';
import { withAdmin } from '../../src/stack/postgres/client.ts';
import { primaryOf } from '../../src/stack/postgres/servers.ts';
import { allProcesses, findProcess, send } from '../../src/stack/processes.ts';
import { withRedis } from '../../src/stack/redis/servers.ts';
import { relayAddresses } from '../../src/stack/relays.ts';
import { readRoles } from '../../src/stack/roles.ts';
import { problemOf } from '../../src/stack/start-service.ts';
import { entryOf, readState, type Service, type StackState, servicesOfKind } from '../../src/stack/state.ts';
import { Author } from '../conformance/author.ts';
import { Client } from '../conformance/client.ts';
import { eventually } from '../support/eventually.ts';
import { runCli } from '../support/run-cli.ts';

const CLIENTS = 12;
const RATE = 60;
const AFTER_MS = 1_000;

let dir = '';
let state: StackState;

beforeAll(async () => {
  const parent = await mkdtemp(join(tmpdir(), 'relay-bench-stack-'));
  await chmod(parent, 0o755);
  dir = join(parent, 'stack');
  const up = await runCli(['stack', 'up', 'scaled', '--dir', dir, '--durability', 'sync']);
  expect(up, up.stderr).toMatchObject({ exitCode: 0 });
  const written = readState(dir);
  if (written === null) throw new Error(`no stack in ${dir}`);
  state = written;
});

afterAll(async () => {
  await takeDown(dir, { keep: false });
  await rm(dirname(dir), { recursive: true, force: true });
});

function named(name: string): Service {
  const service = state.services.find((each) => each.name === name);
  if (service === undefined) throw new Error(`the stack has no ${name}`);
  return service;
}

function signal(service: Service, name: NodeJS.Signals): void {
  for (const identity of allProcesses(service)) send(identity, name);
}

function kill(service: Service): void {
  const running = findProcess(service);
  if (running === null) throw new Error(`${service.name} does not run`);
  send(running, 'SIGKILL');
}

const pidsOf = (...kinds: Service['kind'][]): (number | undefined)[] =>
  servicesOfKind(state, ...kinds).map((service) => findProcess(service)?.pid);

/** Everything runs and serves, and every replica receives the log of the primary. */
async function isWhole(): Promise<boolean> {
  const problems = await Promise.all(state.services.map(problemOf));
  if (problems.some((problem) => problem !== null)) return false;
  const question = "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'";
  const senders = await withAdmin(primaryOf(state), (ask) => ask(question)).catch(() => []);
  return senders.length === state.shape.replicas;
}

async function untilRestarted(service: Service, before: number | undefined): Promise<void> {
  await eventually(`${service.name} started again`, () => {
    const now = findProcess(service)?.pid;
    return now !== undefined && now !== before;
  });
}

/** Connections of relays to the primary, each by its process and when that began. */
async function connectionsToPostgres(): Promise<string[]> {
  const question = `SELECT concat(pid, ' ', backend_start) AS connection FROM pg_stat_activity
    WHERE application_name = 'relay-bench relay'`;
  const rows = await withAdmin(primaryOf(state), (ask) => ask<{ connection: string }>(question));
  return rows.map(({ connection }) => connection);
}

/** Clients write and listen while something is done to the stack, until it is whole again. */
async function during(fault: () => Promise<void>): Promise<LedgerResult> {
  await eventually('a stack that is whole', isWhole, { looks: 2_000 });
  const relays = relayAddresses(state);
  const ledger = new Ledger({ entry: entryOf(state), relays, clients: CLIENTS, rate: RATE });
  ledger.start();
  await eventually('events that are accepted', () => ledger.accepted.length > RATE);
  ledger.forget();
  await fault();
  await sleep(AFTER_MS);
  await eventually('a stack that is whole again', isWhole, { looks: 2_000 });
  const before = ledger.accepted.length;
  await eventually('events that are accepted again', () => ledger.accepted.length > before + RATE);
  return await ledger.end(relays);
}

const KEPT = { refused: {}, unanswered: 0, lost: [0, 0, 0] };
const HEARD = { live_missed: [0, 0, 0], live_doubled: [0, 0, 0] };

describe('a stack whose parts die while clients write and listen', () => {
  test('goes on without its supervisor, which comes back and starts nothing twice', async () => {
    const balancers = ['haproxy', 'haproxy-db'] as const;
    const kinds = [...balancers, 'relay', 'postgres', 'redis-pubsub', 'redis-cache', 'watcher'] as const;
    const before = pidsOf(...kinds);
    const supervisor = named('supervisor');
    const pid = findProcess(supervisor)?.pid;
    const result = await during(async () => {
      kill(supervisor);
      await untilRestarted(supervisor, pid);
    });
    expect(result).toMatchObject({ ...KEPT, ...HEARD, drops: 0 });
    expect(pidsOf(...kinds)).toEqual(before);
    expect(allProcesses(supervisor)).toHaveLength(1);
  });

  test('has a watcher that comes back', async () => {
    const watcher = named('watcher');
    const pid = findProcess(watcher)?.pid;
    kill(watcher);
    await untilRestarted(watcher, pid);
    expect(allProcesses(watcher)).toHaveLength(1);
  });

  test('refuses nothing where the supervisor and a relay are killed together', async () => {
    const [supervisor, relay] = [named('supervisor'), named('relay-2')];
    const pid = findProcess(relay)?.pid;
    const result = await during(async () => {
      kill(supervisor);
      kill(relay);
      await untilRestarted(relay, pid);
    });
    expect(result).toMatchObject(KEPT);
  });

  test('refuses nothing, cuts nobody and loses nothing where its primary is killed', async () => {
    const before = pidsOf('relay');
    const primary = primaryOf(state);
    const result = await during(async () => {
      kill(primary);
      await eventually('another primary', () => primaryOf(state).name !== primary.name);
    });
    expect(result).toMatchObject({ ...KEPT, ...HEARD, drops: 0 });
    expect(pidsOf('relay')).toEqual(before);
  });

  test('has one primary where that one hangs and goes on later', async () => {
    const primary = primaryOf(state);
    const result = await during(async () => {
      const frozen = allProcesses(primary);
      for (const identity of frozen) send(identity, 'SIGSTOP');
      await eventually('another primary', () => primaryOf(state).name !== primary.name);
      // Fenced: there is nothing left of it that could go on.
      for (const identity of frozen) send(identity, 'SIGCONT');
    });
    expect(result).toMatchObject({ ...KEPT, ...HEARD, drops: 0 });
    const answers = servicesOfKind(state, 'postgres').map((node) =>
      withAdmin(node, (ask) => ask<{ replica: boolean }>('SELECT pg_is_in_recovery() AS replica')),
    );
    const primaries = (await Promise.all(answers)).filter(([row]) => row?.replica === false);
    expect(primaries).toHaveLength(1);
  });

  test('has one primary where its supervisor is killed in the middle of a failover', async () => {
    const [primary, supervisor] = [primaryOf(state), named('supervisor')];
    const pid = findProcess(supervisor)?.pid;
    const result = await during(async () => {
      kill(primary);
      await eventually('a failover that has begun', () => readRoles(state).promoting !== null, {
        everyMs: 1,
        looks: 30_000,
      });
      kill(supervisor);
      await untilRestarted(supervisor, pid);
      await eventually('another primary', () => primaryOf(state).name !== primary.name);
    });
    expect(result).toMatchObject({ ...KEPT, drops: 0 });
    expect(readRoles(state).promoting).toBeNull();
  });

  test('loses nothing where a relay hangs: its clients go elsewhere', async () => {
    const relay = named('relay-1');
    const result = await during(async () => {
      signal(relay, 'SIGSTOP');
      await sleep(5_000);
      signal(relay, 'SIGCONT');
    });
    expect(result).toMatchObject(KEPT);
    expect(result.drops).toBeGreaterThan(0);
  });

  test('refuses and loses nothing while all relays are restarted one after the other', async () => {
    const result = await during(async () => {
      for (const relay of servicesOfKind(state, 'relay')) {
        const pid = findProcess(relay)?.pid;
        signal(relay, 'SIGTERM');
        await untilRestarted(relay, pid);
        await eventually(`${relay.name} serves`, async () => (await problemOf(relay)) === null);
      }
    });
    expect(result).toMatchObject({ ...KEPT, live_missed: [0, 0, 0] });
    expect(result.drops).toBeGreaterThan(0);
  });

  test('loses nothing where the balancer is killed, and no relay loses the database over it', async () => {
    const balancer = named('haproxy');
    const pid = findProcess(balancer)?.pid;
    const others = pidsOf('haproxy-db', 'relay');
    const before = await connectionsToPostgres();
    const result = await during(async () => {
      kill(balancer);
      await untilRestarted(balancer, pid);
    });
    expect(result).toMatchObject(KEPT);
    expect(pidsOf('haproxy-db', 'relay')).toEqual(others);
    const after = new Set(await connectionsToPostgres());
    expect(before.filter((one) => after.has(one)).length).toBeGreaterThan(0);
  });

  test('cuts nobody, refuses and loses nothing where the balancer of the database is killed', async () => {
    const balancer = named('haproxy-db');
    const pid = findProcess(balancer)?.pid;
    const result = await during(async () => {
      kill(balancer);
      await untilRestarted(balancer, pid);
    });
    expect(result).toMatchObject({ ...KEPT, drops: 0 });
  });

  test.each([
    ['Redis is killed', async () => kill(named('pubsub'))],
    [
      'its channel is cut',
      async () =>
        withRedis(
          named('pubsub'),
          async (redis) => void (await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub')),
        ),
    ],
  ])('delivers every event once where %s', async (_, fault) => {
    expect(await during(fault)).toMatchObject({ ...KEPT, ...HEARD, drops: 0 });
  });

  test('serves nothing that was deleted while Redis carried nothing', async () => {
    await eventually('a stack that is whole', isWhole, { looks: 2_000 });
    const [here, there] = await Promise.all(
      relayAddresses(state)
        .slice(0, 2)
        .map((url) => new Client(url).open()),
    );
    if (here === undefined || there === undefined) throw new Error('a scaled stack has two relays');
    const author = new Author();
    const event = author.sign({ content: 'to be deleted' });
    const ids = { ids: [event.id], limit: 1 };
    here.send(['EVENT', event]);
    expect(await here.ok(event.id)).toMatchObject({ accepted: true });
    // Kept in both layers from now on.
    for (let i = 0; i < 3; i++) expect(await there.ids(ids)).toEqual([event.id]);
    const pubsub = named('pubsub');
    signal(pubsub, 'SIGSTOP');
    try {
      const deletion = author.sign({ kind: 5, tags: [['e', event.id]] });
      here.send(['EVENT', deletion]);
      expect(await here.ok(deletion.id)).toMatchObject({ accepted: true });
      await eventually('an answer without it', async () => (await there.ids(ids)).length === 0);
    } finally {
      signal(pubsub, 'SIGCONT');
    }
    await eventually('a stack that is whole', isWhole, { looks: 2_000 });
    for (const client of [here, there]) expect(await client.ids(ids)).toEqual([]);
    for (const client of [here, there]) client.terminate();
  });
});
