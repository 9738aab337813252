// What the reference relay costs, in its own CPU time: EVENT to OK (ephemeral, stored, verified) and fan-out.
// `npm run build && node bench/relay.mjs [--scale 1]`. The relay is pinned to one core and this client to
// another where `taskset` exists. CPU time does not count stolen time, but a busy neighbour still slows a core:
// compare figures of one run only.

import { spawnSync } from 'node:child_process';
import { hash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { signSchnorr, verifySchnorr, xOnlyPointFromScalar } from 'tiny-secp256k1';
import { startEmbeddedRelay } from '../dist/stack/embedded-relay.js';

const { values } = parseArgs({ options: { scale: { type: 'string', default: '1' } } });
const SCALE = Number(values.scale);
const CONNECTIONS = 16;
const IN_FLIGHT = 16;
const AUTHORS = 16;
/** Sent before measuring, so that the relay's code is compiled: a cost of the first seconds only. */
const WARM_UP_SHARE = 0.25;
const TICKS_PER_S = 100;
const UPGRADE =
  'GET / HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

const secretKeys = Array.from({ length: AUTHORS }, () => randomBytes(32));
const pubkeys = secretKeys.map((key) => Buffer.from(xOnlyPointFromScalar(key)).toString('hex'));

function resolvers() {
  const deferred = {};
  deferred.promise = new Promise((resolve) => {
    deferred.resolve = resolve;
  });
  return deferred;
}

/** A client frame with a mask of zeros. */
function frame(text) {
  const payload = Buffer.from(text);
  const header = payload.length < 126 ? Buffer.alloc(6) : Buffer.alloc(8);
  header[0] = 0x81;
  header[1] = 0x80 | Math.min(payload.length, 126);
  if (payload.length >= 126) header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}

/** A note of about 500 bytes; the signature is real only where it will be looked at. */
function eventFrame(index, kind, isSigned) {
  const author = index % AUTHORS;
  const pubkey = pubkeys[author];
  const created_at = Math.floor(Date.now() / 1_000) - 1_000 + Math.floor(index / 1_000);
  const tags = [
    ['t', `topic${index % 97}`],
    ['e', hash('sha256', `parent ${index % 5_000}`)],
  ];
  const content = `message number ${index} ${'x'.repeat(60)}`;
  const id = hash('sha256', JSON.stringify([0, pubkey, created_at, kind, tags, content]));
  const sign = () => Buffer.from(signSchnorr(Buffer.from(id, 'hex'), secretKeys[author])).toString('hex');
  const sig = isSigned ? sign() : id + id;
  return frame(JSON.stringify(['EVENT', { id, pubkey, created_at, kind, tags, content, sig }]));
}

/** CPU seconds of a process so far, all threads. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

function pin(pid, core) {
  spawnSync('taskset', ['-acp', String(core), String(pid)]);
}

/** A raw connection; `onData` gets everything after the upgrade. */
function open(relay, onData) {
  const { hostname, port } = new URL(relay.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname).setNoDelay();
    socket.on('error', reject);
    socket.write(UPGRADE);
    socket.once('data', () => {
      socket.on('data', (data) => onData(data, socket));
      resolve(socket);
    });
  });
}

/** How many OK true stand in the bytes; they are short, so one is split between two reads now and then. */
function countAccepted(bytes, state) {
  const text = state.rest + bytes.toString('latin1');
  const end = text.lastIndexOf('",true,"') + 8;
  state.rest = text.slice(Math.max(end, text.length - 100));
  return end < 8 ? 0 : text.slice(0, end).split('",true,"').length - 1;
}

/** Sends all frames with a window per connection and waits for all OKs. */
async function publishAll(relay, frames) {
  let next = 0;
  let answered = 0;
  const done = resolvers();
  const send = (socket, count) => {
    const batch = frames.slice(next, next + count);
    next += batch.length;
    if (batch.length > 0) socket.write(Buffer.concat(batch));
  };
  const connectOne = () => {
    const state = { rest: '' };
    return open(relay, (data, socket) => {
      const accepted = countAccepted(data, state);
      answered += accepted;
      send(socket, accepted);
      if (answered === frames.length) done.resolve();
    });
  };
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, connectOne));
  for (const socket of sockets) send(socket, IN_FLIGHT);
  await done.promise;
  for (const socket of sockets) socket.destroy();
}

async function withRelay(args, measure) {
  const relay = await startEmbeddedRelay({ args });
  try {
    pin(relay.pid, 0);
    return await measure(relay);
  } finally {
    await relay.stop();
  }
}

function report(name, count, seconds, what) {
  const rate = Math.round(count / seconds).toLocaleString('en');
  const cost = ((seconds / count) * 1e6).toFixed(2);
  console.log(`${name.padEnd(34)} ${rate.padStart(9)} ${what} per CPU second, ${cost} µs each`);
  return count / seconds;
}

async function benchIngest(name, count, kind, args) {
  const warmUp = count * WARM_UP_SHARE;
  const frames = Array.from({ length: warmUp + count }, (_, i) => eventFrame(i, kind, args.length === 0));
  return await withRelay(args, async (relay) => {
    await publishAll(relay, frames.slice(0, warmUp));
    const before = cpuSeconds(relay.pid);
    await publishAll(relay, frames.slice(warmUp));
    return report(name, count, cpuSeconds(relay.pid) - before, 'EVENT→OK');
  });
}

/** The verifier alone, on this core, as loaded as it is now. */
function benchVerifier(count) {
  const key = secretKeys[0];
  const point = xOnlyPointFromScalar(key);
  const message = randomBytes(32);
  const signature = signSchnorr(message, key);
  for (let i = 0; i < 500; i++) verifySchnorr(message, point, signature);
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) verifySchnorr(message, point, signature);
  const { user, system } = process.cpuUsage(before);
  return report('verifier alone', count, (user + system) / 1e6, 'signatures');
}

async function benchFanOut(subscribers, perTick, ticks) {
  await withRelay(['--no-verify'], async (relay) => {
    const request = frame(JSON.stringify(['REQ', 'live', { authors: pubkeys, limit: 0 }]));
    for (let i = 0; i < subscribers; i++) {
      const ready = resolvers();
      (await open(relay, ready.resolve)).write(request);
      await ready.promise;
    }
    const state = { rest: '' };
    let onAccepted = () => undefined;
    const publisher = await open(relay, (data) => onAccepted(countAccepted(data, state)));
    const warmUpTicks = Math.ceil(ticks * WARM_UP_SHARE);
    let before = 0;
    for (let tick = 0; tick < warmUpTicks + ticks; tick++) {
      if (tick === warmUpTicks) before = cpuSeconds(relay.pid);
      const batch = Array.from({ length: perTick }, (_, i) => eventFrame(tick * perTick + i, 20_001, false));
      const { promise, resolve } = resolvers();
      let missing = perTick;
      onAccepted = (accepted) => {
        missing -= accepted;
        if (missing === 0) resolve();
      };
      publisher.write(Buffer.concat(batch));
      await promise;
    }
    const deliveries = subscribers * perTick * ticks;
    report(
      `fan-out ${subscribers} × ${perTick} a tick`,
      deliveries,
      cpuSeconds(relay.pid) - before,
      'deliveries',
    );
  });
}

pin(process.pid, 1);
await benchIngest('ephemeral, not verified', 200_000 * SCALE, 20_001, ['--no-verify']);
await benchIngest('stored in memory, not verified', 200_000 * SCALE, 1, ['--no-verify']);
const alone = benchVerifier(4_000 * SCALE);
const verified = await benchIngest('stored, verified by one thread', 20_000 * SCALE, 1, []);
console.log(`${' '.repeat(34)} ${((verified / alone) * 100).toFixed(0).padStart(9)} % of the verifier alone`);
await benchFanOut(100, 10, 1_500 * SCALE);
await benchFanOut(100, 1, 1_000 * SCALE);
process.exit();
