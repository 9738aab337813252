// The client that anyone would write: ws.send(JSON text), JSON.parse of every reply, the next event when a reply
// is in. No signing, no schedule, no recording: everything that a load generator does comes on top of this.
// node bench/plain-client.mjs --url ws://… --connections 16 --window 16

import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
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
const url = required(values.url, 'url');
const messages = sampleMessages(4_096);
let next = 0;
let acked = 0;

const send = (socket) => {
  socket.send(messages[next]);
  next = (next + 1) % messages.length;
};

const sockets = [];
for (let i = 0; i < Number(values.connections); i++) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, 'open');
  socket.on('message', (data) => {
    const [type, , accepted] = JSON.parse(data.toString());
    if (type !== 'OK' || !accepted) throw new Error(`unexpected reply: ${data}`);
    acked++;
    send(socket);
  });
  sockets.push(socket);
}
for (const socket of sockets) {
  for (let i = 0; i < Number(values.window); i++) send(socket);
}
await measureWindow(
  { warmupMs: Number(values['warmup-ms']), windowMs: Number(values['window-ms']) },
  () => acked,
);
process.exit(0);
