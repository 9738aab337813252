// The reference relay behind a way that takes longer by a fixed time in each direction: a relay that is known to be slower, to
// see whether `compare` of two suites finds it.
// node bench/delayed-relay.mjs --port PORT [--delay-us N]

import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { firstJsonLine, rootPath, stopChild } from './support.mjs';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, 'delay-us': { type: 'string', default: '0' } },
});
const DELAY_MS = Number(values['delay-us']) / 1e3;

/** What is on its way, in the order of its time. @type {{ at: number, pass: () => void }[]} */
const waiting = [];

/** Timers of Node.js are no finer than a millisecond: while something waits, the event loop turns. */
function turn() {
  for (let next = waiting[0]; next !== undefined && next.at <= performance.now(); next = waiting[0]) {
    waiting.shift();
    next.pass();
  }
  if (waiting.length > 0) setImmediate(turn);
}

/** @param {() => void} pass */
function later(pass) {
  waiting.push({ at: performance.now() + DELAY_MS, pass });
  if (waiting.length === 1) setImmediate(turn);
}

/** @param {import('node:net').Socket} from @param {import('node:net').Socket} to */
function lead(from, to) {
  from.on('data', (chunk) => later(() => to.write(chunk)));
  from.on('close', () => later(() => to.destroy()));
  from.on('error', () => from.destroy());
}

// It ends when its stdin does.
const relay = spawn(process.execPath, [rootPath('dist/relay/main.js'), '--exit-with-parent', '--port', '0'], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const { port } = await firstJsonLine(relay);
const server = createServer({ noDelay: true }, (client) => {
  const inner = connect({ host: '127.0.0.1', port, noDelay: true });
  lead(client, inner);
  lead(inner, client);
});
server.listen(Number(values.port), '127.0.0.1');
process.once('SIGTERM', async () => {
  await stopChild(relay);
  process.exit(0);
});
