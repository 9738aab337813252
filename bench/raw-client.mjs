// The limit of Node's sockets: ready-made frames, replies counted by their bytes and not looked at, all events
// that one read permits in one write. No WebSocket library, no ids, no signing, no recording.
// node bench/raw-client.mjs --url ws://… --connections 16 --window 16

import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { measureWindow, required, sampleMessages } from './support.mjs';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    connections: { type: 'string', default: '16' },
    window: { type: 'string', default: '16' },
    'warmup-ms': { type: 'string', default: '1000' },
    'window-ms': { type: 'string', default: '3000' },
  },
});
/** `["OK","<64 digits>",true,""]` behind a two-byte header. */
const OK_BYTES = 83;
const { hostname, port } = new URL(required(values.url, 'url'));
const window = Number(values.window);
const frames = concatFrames(sampleMessages(4_096), window);
let next = 0;
let acked = 0;

/** Write the next `count` frames, which lie side by side. */
function send(socket, count) {
  socket.write(frames.bytes.subarray(frames.offsets[next], frames.offsets[next + count]));
  next = (next + count) % frames.total;
}

/** Open one connection; resolves when the upgrade is through. */
function open() {
  return new Promise((resolve, reject) => {
    let upgraded = false;
    let partial = 0;
    const onReply = (bytes) => {
      const have = partial + bytes;
      const whole = Math.floor(have / OK_BYTES);
      partial = have - whole * OK_BYTES;
      acked += whole;
      if (whole > 0) send(socket, whole);
    };
    const callback = (bytes, buffer) => {
      if (upgraded) onReply(bytes);
      else if (buffer.subarray(0, bytes).includes('\r\n\r\n')) {
        upgraded = true;
        resolve(socket);
      }
      return true;
    };
    const socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: { buffer: readBuffer, callback },
    });
    socket.once('error', reject);
    const key = randomBytes(16).toString('base64');
    socket.write(
      `GET / HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
  });
}

/** Masked text frames side by side; the first `overlap` stand again at the end, so that a slice never wraps. */
function concatFrames(messages, overlap) {
  const parts = [...messages, ...messages.slice(0, overlap)].map(maskedFrame);
  const offsets = [0];
  let end = 0;
  for (const part of parts) {
    end += part.length;
    offsets.push(end);
  }
  return { bytes: Buffer.concat(parts), offsets, total: messages.length };
}

function maskedFrame(text) {
  const mask = randomBytes(4);
  const payload = Buffer.from(text).map((byte, i) => byte ^ mask[i & 3]);
  const header = Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([header, mask, payload]);
}

const readBuffer = Buffer.alloc(64 * 1024);
const sockets = [];
for (let i = 0; i < Number(values.connections); i++) sockets.push(await open());
for (const socket of sockets) send(socket, window);
await measureWindow(
  { warmupMs: Number(values['warmup-ms']), windowMs: Number(values['window-ms']) },
  () => acked,
);
process.exit(0);
