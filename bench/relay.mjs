// What the reference relay costs: EVENT to OK (ephemeral, stored) and fan-out in its own CPU time, verification against
// the verifier alone, the memory of idle connections. The relay is pinned to one core and this client to another; where
// it verifies, its event loop shares the client's core, so that the verifying thread has one.
// node bench/relay.mjs [--rounds 5] [--scale 1] [--json]

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { signSchnorr, verifySchnorr, xOnlyPointFromScalar } from 'tiny-secp256k1';
import { startEmbeddedRelay } from '../dist/stack/embedded-relay.js';
import { startOfBenchmark } from './machine.mjs';
import {
  eventFrame,
  frame,
  open,
  pubkeys,
  publishAll,
  publisherOf,
  resolvers,
  secretKeys,
} from './relay-load.mjs';
import { measureInRounds, medianAndRange, showResult } from './result.mjs';
import { canPin, cpuOf, median } from './support.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    scale: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const SCALE = Number(values.scale);
const RELAY_CORE = 0;
const CLIENT_CORE = 1;
/** Sent before measuring, so that the relay's code is compiled: a cost of the first seconds only. */
const WARM_UP_SHARE = 0.25;
const SUBSCRIBERS = 100;
const IDLE = 10_000;
const OPENED_AT_ONCE = 200;
const EPHEMERAL_KIND = 20_001;

function pin(pid, core) {
  if (canPinHere) spawnSync('taskset', ['-acp', String(core), String(pid)]);
}

async function withRelay(args, measure) {
  const relay = await startEmbeddedRelay({ args });
  try {
    pin(relay.pid, RELAY_CORE);
    return await measure(relay);
  } finally {
    await relay.stop();
  }
}

/** EVENT→OK per second of the relay's CPU, signatures not looked at. */
function measureIngest(count, kind) {
  const warmUp = count * WARM_UP_SHARE;
  const frames = Array.from({ length: warmUp + count }, (_, i) => eventFrame(i, kind, false));
  return withRelay(['--no-verify'], async (relay) => {
    await publishAll(relay, frames.slice(0, warmUp));
    const before = cpuOf(relay.pid);
    await publishAll(relay, frames.slice(warmUp));
    return (count * 1e6) / (cpuOf(relay.pid) - before);
  });
}

/** EVENT→OK a second of a relay whose verifying thread has a core; its event loop shares the other with the client. */
function measureVerified(count) {
  const warmUp = count * WARM_UP_SHARE;
  const frames = Array.from({ length: warmUp + count }, (_, i) => eventFrame(i, 1, true));
  return withRelay(['--verifier', 'wasm', '--verify-workers', '1'], async (relay) => {
    // The first thread alone: the one that runs the event loop.
    if (canPinHere) spawnSync('taskset', ['-cp', String(CLIENT_CORE), String(relay.pid)]);
    await publishAll(relay, frames.slice(0, warmUp));
    const start_ms = performance.now();
    await publishAll(relay, frames.slice(warmUp));
    return (count * 1e3) / (performance.now() - start_ms);
  });
}

/** Signatures a second of the verifier alone. */
function measureVerifier(count) {
  const entries = Array.from({ length: count }, (_, i) => {
    const key = secretKeys[i % secretKeys.length];
    const message = randomBytes(32);
    return /** @type {const} */ ([message, xOnlyPointFromScalar(key), signSchnorr(message, key)]);
  });
  pin(process.pid, RELAY_CORE);
  for (const entry of entries.slice(0, count * WARM_UP_SHARE)) verifySchnorr(...entry);
  const start_ms = performance.now();
  for (const entry of entries) verifySchnorr(...entry);
  const rate = (count * 1e3) / (performance.now() - start_ms);
  pin(process.pid, CLIENT_CORE);
  return rate;
}

/** Deliveries per second of the relay's CPU. */
function measureFanOut(perTick, ticks) {
  return withRelay(['--no-verify'], async (relay) => {
    const request = frame(JSON.stringify(['REQ', 'live', { authors: pubkeys, limit: 0 }]));
    for (let i = 0; i < SUBSCRIBERS; i++) {
      const ready = resolvers();
      (await open(relay, ready.resolve)).write(request);
      await ready.promise;
    }
    const publish = await publisherOf(relay);
    const warmUpTicks = Math.ceil(ticks * WARM_UP_SHARE);
    let before = 0;
    for (let tick = 0; tick < warmUpTicks + ticks; tick++) {
      if (tick === warmUpTicks) before = cpuOf(relay.pid);
      await publish(
        Array.from({ length: perTick }, (_, i) => eventFrame(tick * perTick + i, EPHEMERAL_KIND, false)),
      );
    }
    return (SUBSCRIBERS * perTick * ticks * 1e6) / (cpuOf(relay.pid) - before);
  });
}

/** Resident bytes a connection that says nothing. */
function measureIdle() {
  return withRelay([], async (relay) => {
    const before = residentBytes(relay.pid);
    const sockets = [];
    while (sockets.length < IDLE) {
      const opening = Array.from({ length: OPENED_AT_ONCE }, () => open(relay, () => undefined));
      sockets.push(...(await Promise.all(opening)));
    }
    const bytes = (residentBytes(relay.pid) - before) / IDLE;
    for (const socket of sockets) socket.destroy();
    return bytes;
  });
}

function residentBytes(pid) {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  if (kib === undefined) throw new Error(`process ${pid} tells no VmRSS`);
  return Number(kib) * 1_024;
}

const CONTESTANTS = [
  { name: 'ephemeral', measure: () => measureIngest(200_000 * SCALE, EPHEMERAL_KIND) },
  { name: 'stored', measure: () => measureIngest(200_000 * SCALE, 1) },
  { name: 'verifier', measure: () => measureVerifier(8_000 * SCALE) },
  { name: 'verified', measure: () => measureVerified(20_000 * SCALE) },
  { name: 'fan-out', measure: () => measureFanOut(10, 1_500 * SCALE) },
  { name: 'fan-out of single events', measure: () => measureFanOut(1, 1_000 * SCALE) },
  { name: 'idle', measure: measureIdle },
];

const LEAST = { ephemeral: 100_000, stored: 30_000, fanOut: 300_000, verified: 0.85 };
const MOST_IDLE_BYTES = 12 * 1_024;

function tablesOf(results) {
  const of = (name) => results.get(name);
  const row = (text, name, unit) => [text, `${medianAndRange(of(name), 0)} ${unit}`];
  const ofVerifier = median(of('verified').map((rate, round) => rate / of('verifier')[round]));
  const isAtLeast = (name, least) => median(of(name)) >= least;
  return [
    {
      title: 'What a second of the CPU of one relay process does, store in memory',
      columns: ['measure', '>per CPU second'],
      rows: [
        row('EVENT→OK, ephemeral, not verified', 'ephemeral', 'events'),
        row('EVENT→OK, stored, not verified', 'stored', 'events'),
        row(`fan-out to ${SUBSCRIBERS}, 10 events a tick`, 'fan-out', 'deliveries'),
        row(`fan-out to ${SUBSCRIBERS}, one event a tick`, 'fan-out of single events', 'deliveries'),
      ],
      targets: [
        { text: 'ephemeral ≥ 100,000/s', isMet: isAtLeast('ephemeral', LEAST.ephemeral) },
        { text: 'stored ≥ 30,000/s', isMet: isAtLeast('stored', LEAST.stored) },
        { text: 'fan-out ≥ 300,000/s', isMet: isAtLeast('fan-out', LEAST.fanOut) },
      ],
    },
    {
      title: 'Verification by WebAssembly, by one thread that has a core of its own',
      columns: ['measure', '>a second'],
      rows: [
        row('the verifier alone', 'verifier', 'signatures'),
        row('EVENT→OK, stored', 'verified', 'events'),
      ],
      targets: [
        {
          text: `≥ 85 % of the verifier alone in the same round (median ${Math.round(ofVerifier * 100)} %)`,
          isMet: ofVerifier >= LEAST.verified,
        },
      ],
    },
    {
      title: `Memory of ${IDLE.toLocaleString('en')} idle connections`,
      columns: ['measure', '>bytes a connection'],
      rows: [['resident memory of the relay', medianAndRange(of('idle'), 0)]],
      targets: [{ text: '≤ 12 KiB a connection', isMet: median(of('idle')) <= MOST_IDLE_BYTES }],
    },
  ];
}

const canPinHere = canPin();
const start = startOfBenchmark();
pin(process.pid, CLIENT_CORE);
const results = await measureInRounds(rounds, CONTESTANTS);
const figures = Object.fromEntries(CONTESTANTS.map(({ name }) => [name, results.get(name)]));
const cores = `relay on core ${RELAY_CORE}, client on core ${CLIENT_CORE}`;
showResult({ name: 'relay', start, rounds, cores, tables: tablesOf(results), figures }, values.json);
process.exit();
