// What anyone would write to open many connections: `ws` clients, 100 at a time. Prints the CPU of opening them,
// after some for warming up.
// node bench/plain-connections.mjs --url ws://… --count 5000 --warmup 1500

import { once } from 'node:events';
import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import { WebSocket } from 'ws';
import { required } from './support.mjs';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    count: { type: 'string', default: '5000' },
    warmup: { type: 'string', default: '1500' },
  },
});
const url = required(values.url, 'url');
const limit = pLimit(100);

const open = (count) =>
  Promise.all(
    Array.from({ length: count }, () =>
      limit(() => once(new WebSocket(url, { perMessageDeflate: false }), 'open')),
    ),
  );

await open(Number(values.warmup));
const before = process.cpuUsage();
await open(Number(values.count));
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ perCpuSecond: (Number(values.count) * 1e6) / (user + system) }));
process.exit(0);
