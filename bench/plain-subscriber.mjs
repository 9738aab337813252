// What anyone would write to receive live events: a `ws` client a subscription, JSON.parse of every message. One
// more socket publishes bursts of 16, the next when all of one are acknowledged. No matching, no times, no books.
// Needs a null relay that fans out.
// node bench/plain-subscriber.mjs --url ws://… --subscribers 100

import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { measureWindow, required, sampleMessages } from './support.mjs';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    subscribers: { type: 'string', default: '100' },
    'warmup-ms': { type: 'string', default: '1000' },
    'window-ms': { type: 'string', default: '1000' },
  },
});
const BURST = 16;
const url = required(values.url, 'url');
const messages = sampleMessages(4_096);
let next = 0;
let received = 0;
let unanswered = 0;

async function open() {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, 'open');
  return socket;
}

for (let i = 0; i < Number(values.subscribers); i++) {
  const socket = await open();
  socket.on('message', (data) => {
    if (JSON.parse(data.toString())[0] === 'EVENT') received++;
  });
  socket.send('["REQ","live",{"kinds":[1]}]');
}
const publisher = await open();
/** `ws` does not show it. @type {import('node:net').Socket} */
const publisherSocket = Reflect.get(publisher, '_socket');

function sendBurst() {
  unanswered = BURST;
  // One write for the burst, as a generator that bundles would do.
  publisherSocket.cork();
  for (let i = 0; i < BURST; i++) {
    publisher.send(messages[next]);
    next = (next + 1) % messages.length;
  }
  publisherSocket.uncork();
}

publisher.on('message', () => {
  unanswered--;
  if (unanswered === 0) sendBurst();
});
sendBurst();
await measureWindow(
  { warmupMs: Number(values['warmup-ms']), windowMs: Number(values['window-ms']) },
  () => received,
);
process.exit(0);
