// What `record` adds to a message, seen from outside: one-way times from a client to a server, straight and through the
// recording proxy, which is a process of its own and writes its trace. Client and server share this process and its clock.
// node bench/record-proxy.mjs [--rounds 5] [--rate 2000] [--seconds 5] [--json]

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { WebSocket, WebSocketServer } from 'ws';
import { startOfBenchmark } from './machine.mjs';
import { measureInRounds, showResult } from './result.mjs';
import { median, rootPath } from './support.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    rate: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const RATE_PER_S = Number(values.rate);
const SECONDS = Number(values.seconds);
const CONNECTIONS = 50;
/** Not measured: the proxy's code is compiled in this time. */
const WARM_UP = 2_000;
const TARGET_US = 1_000;

const ofNumber = (number) => number.toString(16).padStart(64, '0');

/** An event as clients write them, 700 bytes, with its number where the server finds it. */
function message(number) {
  const event = { id: ofNumber(number), pubkey: ofNumber(number % 500), created_at: 1_700_000_000, kind: 1 };
  const tags = [
    ['e', ofNumber(number + 1)],
    ['p', ofNumber(number % 77)],
    ['t', 'benchmark'],
  ];
  return JSON.stringify(['EVENT', { ...event, tags, content: 'a note. '.repeat(12), sig: 'a'.repeat(128) }]);
}

const ID_AT = '["EVENT",{"id":"'.length;

/** Takes messages and keeps when each came. */
async function startServer(arrivals) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      const number = Number.parseInt(data.toString('latin1', ID_AT, ID_AT + 64), 16);
      arrivals.set(number, performance.now());
    }),
  );
  return server;
}

async function startProxy(url, dir) {
  const child = spawn(process.execPath, [
    rootPath('bin/relay-bench.js'),
    ...['record', '--listen', '0', '--relay', url, '--out', dir],
  ]);
  let said = '';
  child.stderr.setEncoding('utf8');
  while (!/ →/.test(said)) said += (await once(child.stderr, 'data'))[0];
  return { child, url: /ws:\S+/.exec(said)?.[0] ?? '' };
}

/** Sends at the rate, a few every millisecond so that no core is kept busy by waiting, and gives the one-way times in µs, sorted. */
async function measure(url, arrivals) {
  const sockets = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const socket = new WebSocket(url, { perMessageDeflate: false });
      await once(socket, 'open');
      return socket;
    }),
  );
  arrivals.clear();
  const total = WARM_UP + RATE_PER_S * SECONDS;
  const sent = new Float64Array(total);
  const start = performance.now();
  for (let number = 0; number < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - start) * RATE_PER_S) / 1_000));
    for (; number < due; number++) {
      const text = message(number);
      sent[number] = performance.now();
      sockets[number % CONNECTIONS].send(text);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  while (arrivals.size < total) await new Promise((resolve) => setTimeout(resolve, 10));
  for (const socket of sockets) socket.terminate();
  const times = [...arrivals].filter(([number]) => number >= WARM_UP);
  return times.map(([number, at]) => (at - sent[number]) * 1e3).sort((a, b) => a - b);
}

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const us = (value) => `${Math.round(value)} µs`;

const start = startOfBenchmark();
const dir = mkdtempSync(join(tmpdir(), 'relay-bench-record-'));
const arrivals = new Map();
const server = await startServer(arrivals);
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('the server does not listen');
const straight = `ws://127.0.0.1:${address.port}`;
const proxy = await startProxy(straight, join(dir, 'trace'));
try {
  const contestant = (name, url) => ({
    name,
    measure: async () => {
      const times = await measure(url, arrivals);
      return { p50_us: quantile(times, 0.5), p99_us: quantile(times, 0.99) };
    },
  });
  const results = await measureInRounds(rounds, [
    contestant('straight', straight),
    contestant('through the proxy', proxy.url),
  ]);
  const of = (name, key) => results.get(name).map((round) => round[key]);
  const added = (key) =>
    median(of('through the proxy', key).map((value, round) => value - of('straight', key)[round]));
  const rows = [...results.keys()].map((name) => [
    name,
    us(median(of(name, 'p50_us'))),
    us(median(of(name, 'p99_us'))),
  ]);
  const table = {
    title: `One-way times at ${RATE_PER_S.toLocaleString('en')} messages/s on ${CONNECTIONS} connections`,
    columns: ['way', '>p50', '>p99'],
    rows: [...rows, ['added', us(added('p50_us')), us(added('p99_us'))]],
    targets: [{ text: 'the proxy adds p99 ≤ 1 ms', isMet: added('p99_us') <= TARGET_US }],
  };
  const cores = 'client and server on any core, the proxy on any core';
  const figures = Object.fromEntries([...results]);
  showResult({ name: 'record-proxy', start, rounds, cores, tables: [table], figures }, values.json);
} finally {
  proxy.child.kill('SIGINT');
  await once(proxy.child, 'close');
  for (const client of server.clients) client.terminate();
  server.close();
  rmSync(dir, { recursive: true, force: true });
}
