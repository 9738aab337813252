// The reference relay, each piece of whose answers leaves it later by a fixed time: a relay that is known to be slower, to see
// whether `compare` of two suites finds it.
// node bench/delayed-relay.mjs --port PORT [--delay-us N]

import { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { argv } from 'node:process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, 'delay-us': { type: 'string', default: '0' } },
});
const DELAY_MS = Number(values['delay-us']) / 1e3;

/** What is on its way, in the order of its time. @type {{ at: number, pass: () => void }[]} */
let waiting = [];
let isTurning = false;

/** Timers of Node.js are no finer than a millisecond: while something waits, the event loop turns. */
function turn() {
  const now = performance.now();
  const due = waiting.findIndex(({ at }) => at > now);
  const passing = due < 0 ? waiting : waiting.slice(0, due);
  waiting = due < 0 ? [] : waiting.slice(due);
  for (const { pass } of passing) pass();
  isTurning = waiting.length > 0;
  if (isTurning) setImmediate(turn);
}

/** @param {() => void} pass */
function later(pass) {
  waiting.push({ at: performance.now() + DELAY_MS, pass });
  if (!isTurning) setImmediate(turn);
  isTurning = true;
}

const write = Socket.prototype._write;
/** @type {typeof write} */
Socket.prototype._write = function (chunk, encoding, callback) {
  later(() => (this.destroyed ? callback() : write.call(this, chunk, encoding, callback)));
};
const writev = Socket.prototype._writev;
if (writev === undefined) throw new Error('this Node.js writes sockets in another way');
Socket.prototype._writev = function (chunks, callback) {
  later(() => (this.destroyed ? callback() : writev.call(this, chunks, callback)));
};

// The program takes its own options only.
argv.splice(2, argv.length, '--port', values.port);
await import('../dist/relay/main.js');
