// What a stack does when its parts die, by a ledger of plain clients (fault-ledger.mjs), without relay-bench's own engine.
// node bench/fault-by-hand.mjs [FAULT…] [--durability sync] [--repeat 1] [--rate 200] [--clients 60] [--dir DIR]
//   FAULT: one of those below; by default all. --dir: a stack that runs already.

import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { withAdmin } from '../dist/stack/postgres/client.js';
import { primaryOf } from '../dist/stack/postgres/servers.js';
import { allProcesses, findProcess, send } from '../dist/stack/processes.js';
import { withRedis } from '../dist/stack/redis/servers.js';
import { relayAddresses } from '../dist/stack/relays.js';
import { readRoles } from '../dist/stack/roles.js';
import { problemOf } from '../dist/stack/start-service.js';
import { entryOf, readState, servicesOfKind } from '../dist/stack/state.js';
import { Ledger } from './fault-ledger.mjs';
import { withStack } from './stack-load.mjs';

const WARM_UP_MS = 3_000;
const AFTER_MS = 6_000;
const HEAL_MS = 60_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    durability: { type: 'string', default: 'sync' },
    repeat: { type: 'string', default: '1' },
    rate: { type: 'string', default: '200' },
    clients: { type: 'string', default: '60' },
    dir: { type: 'string' },
  },
});

const named = (state, name) => state.services.find((service) => service.name === name);
const replicasOf = (state) =>
  servicesOfKind(state, 'postgres').filter(({ name }) => name !== readRoles(state).primary);

function kill(service) {
  const running = findProcess(service);
  if (running === null) throw new Error(`${service.name} does not run`);
  send(running, 'SIGKILL');
}

async function freeze(service, ms) {
  const frozen = allProcesses(service);
  for (const identity of frozen) send(identity, 'SIGSTOP');
  await sleep(ms);
  for (const identity of frozen) send(identity, 'SIGCONT');
}

async function untilBack(service, { pid: before }) {
  for (;;) {
    const now = findProcess(service);
    if (now !== null && now.pid !== before && (await problemOf(service)) === null) return;
    await sleep(50);
  }
}

async function rollingRestart(state) {
  for (const relay of servicesOfKind(state, 'relay')) {
    const running = findProcess(relay);
    if (running === null) throw new Error(`${relay.name} does not run`);
    send(running, 'SIGTERM');
    await untilBack(relay, running);
    await sleep(1_500);
  }
}

async function pauseReplay(replicas, ms) {
  for (const replica of replicas) await withAdmin(replica, (ask) => ask('SELECT pg_wal_replay_pause()'));
  await sleep(ms);
  for (const replica of replicas) await withAdmin(replica, (ask) => ask('SELECT pg_wal_replay_resume()'));
}

const FAULTS = {
  none: async () => undefined,
  'relay-kill': async (state) => kill(named(state, 'relay-2')),
  'relay-frozen': (state) => freeze(named(state, 'relay-2'), 5_000),
  'rolling-restart': rollingRestart,
  'redis-kill': async (state) => kill(named(state, 'pubsub')),
  'pubsub-cut': (state) =>
    withRedis(
      named(state, 'pubsub'),
      async (redis) => void (await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub')),
    ),
  'cache-kill': async (state) => kill(named(state, 'cache-2')),
  'primary-kill': async (state) => kill(primaryOf(state)),
  'primary-frozen': (state) => freeze(primaryOf(state), 12_000),
  'replica-kill': async (state) => kill(replicasOf(state)[0]),
  'replica-lag': (state) => pauseReplay(replicasOf(state).slice(0, 1), 5_000),
  'replicas-lag': (state) => pauseReplay(replicasOf(state), 5_000),
  'haproxy-kill': async (state) => kill(named(state, 'haproxy')),
  'supervisor-kill': async (state) => kill(named(state, 'supervisor')),
  'supervisor-and-relay': async (state) => {
    kill(named(state, 'supervisor'));
    kill(named(state, 'relay-2'));
  },
  'supervisor-in-failover': async (state) => {
    kill(primaryOf(state));
    await sleep(100 + Math.random() * 300);
    kill(named(state, 'supervisor'));
  },
};

async function untilHealed(state) {
  const deadline = Date.now() + HEAL_MS;
  for (;;) {
    const problems = await Promise.all(
      state.services.map(async (service) => ({ name: service.name, problem: await problemOf(service) })),
    );
    const bad = problems.filter(({ problem }) => problem !== null);
    if (bad.length === 0 && (await areStreaming(state))) return;
    if (Date.now() > deadline) throw new Error(`not healed: ${JSON.stringify(bad)}`);
    await sleep(200);
  }
}

async function areStreaming(state) {
  try {
    const rows = await withAdmin(primaryOf(state), (ask) =>
      ask("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"),
    );
    return rows.length === state.shape.replicas;
  } catch {
    // The primary has just changed: it is asked again.
    return false;
  }
}

async function measure(state, fault) {
  await untilHealed(state);
  const failoversBefore = readRoles(state).failovers.length;
  const pidsBefore = servicesOfKind(state, 'relay').map((relay) => findProcess(relay)?.pid);
  const ledger = new Ledger({
    entry: entryOf(state),
    relays: relayAddresses(state),
    clients: Number(values.clients),
    rate: Number(values.rate),
  });
  await sleep(1_000);
  ledger.start();
  await sleep(WARM_UP_MS);
  ledger.forget();
  const load = loadavg()[0];
  await FAULTS[fault](state);
  await sleep(AFTER_MS);
  await untilHealed(state);
  const result = await ledger.end(relayAddresses(state));
  const pids = servicesOfKind(state, 'relay').map((relay) => findProcess(relay)?.pid);
  const failovers = readRoles(state).failovers.slice(failoversBefore);
  return {
    ...{ fault, durability: state.durability, ...result },
    relays_restarted: pids.filter((pid, index) => pid !== pidsBefore[index]).length,
    failovers: failovers.map(({ detectedMs, promotedMs }) => [
      Math.round(detectedMs),
      Math.round(promotedMs),
    ]),
    load: `${load?.toFixed(1)} on ${availableParallelism()} cores`,
  };
}

async function measureAll(dir) {
  const state = readState(dir);
  if (state === null) throw new Error(`no stack in ${dir}`);
  const faults = positionals.length === 0 ? Object.keys(FAULTS) : positionals;
  for (const fault of faults) {
    if (FAULTS[fault] === undefined) throw new Error(`there is no fault ${fault}`);
    for (let round = 0; round < Number(values.repeat); round++) {
      console.log(JSON.stringify(await measure(state, fault)));
    }
  }
}

if (values.dir !== undefined) await measureAll(values.dir);
else await withStack(['--durability', values.durability], ({ dir }) => measureAll(dir));
