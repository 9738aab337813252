// The load of bench/relay.mjs: raw connections that write prepared frames and count the OKs, so that the client costs
// less than the relay that is measured.

import { hash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { constants, deflateRawSync } from 'node:zlib';
import { signSchnorr, xOnlyPointFromScalar } from 'tiny-secp256k1';

const CONNECTIONS = 16;
const IN_FLIGHT = 16;
const AUTHORS = 16;
const UPGRADE =
  'GET / HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
/** What a browser offers. */
const COMPRESSION = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n';

export const secretKeys = Array.from({ length: AUTHORS }, () => randomBytes(32));
export const pubkeys = secretKeys.map((key) => Buffer.from(xOnlyPointFromScalar(key)).toString('hex'));

export function resolvers() {
  const deferred = {};
  deferred.promise = new Promise((resolve) => {
    deferred.resolve = resolve;
  });
  return deferred;
}

/** A client frame with a mask of zeros. */
export function frame(text) {
  return framed(0x81, Buffer.from(text));
}

/** The same, compressed. */
export function deflatedFrame(text) {
  const payload = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
  return framed(0xc1, payload.subarray(0, payload.length - 4));
}

function framed(first, payload) {
  const header = payload.length < 126 ? Buffer.alloc(6) : Buffer.alloc(8);
  header[0] = first;
  header[1] = 0x80 | Math.min(payload.length, 126);
  if (payload.length >= 126) header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}

/** A note of about 500 bytes; the signature is real only where it will be looked at. */
export function eventFrame(index, kind, isSigned) {
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

/** A raw connection; `onData` gets everything after the upgrade. @param compresses whether it offers permessage-deflate */
export function open(relay, onData, compresses = false) {
  const { hostname, port } = new URL(relay.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname).setNoDelay();
    socket.on('error', reject);
    socket.write(`${UPGRADE}${compresses ? COMPRESSION : ''}\r\n`);
    socket.once('data', () => {
      socket.on('data', (data) => onData(data, socket));
      resolve(socket);
    });
  });
}

/** How many OK true stand in the bytes; they are short, so one is split between two reads now and then. */
export function countAccepted(bytes, state) {
  const text = state.rest + bytes.toString('latin1');
  const end = text.lastIndexOf('",true,"') + 8;
  state.rest = text.slice(Math.max(end, text.length - 100));
  return end < 8 ? 0 : text.slice(0, end).split('",true,"').length - 1;
}

/** Writes a batch of frames in one segment and waits for its OKs. */
export async function publisherOf(relay) {
  const state = { rest: '' };
  /** @type {(accepted: number) => void} */
  let onAccepted = () => undefined;
  const socket = await open(relay, (data) => onAccepted(countAccepted(data, state)));
  return (batch) =>
    new Promise((/** @type {(nothing?: undefined) => void} */ resolve) => {
      let missing = batch.length;
      onAccepted = (accepted) => {
        missing -= accepted;
        if (missing === 0) resolve();
      };
      socket.write(Buffer.concat(batch));
    });
}

/** Sends all frames with a window per connection and waits for all OKs. @param compresses as in {@link open} */
export async function publishAll(relay, frames, compresses = false) {
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
    const onData = (data, socket) => {
      const accepted = countAccepted(data, state);
      answered += accepted;
      send(socket, accepted);
      if (answered === frames.length) done.resolve();
    };
    return open(relay, onData, compresses);
  };
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, connectOne));
  for (const socket of sockets) send(socket, IN_FLIGHT);
  await done.promise;
  for (const socket of sockets) socket.destroy();
}
