// How soon another relay of a stack shows what one has acknowledged: an event asked for by id right after its OK, and its
// deletion asked for right after that one's OK, beside a ledger that writes all the time.
// node bench/read-elsewhere.mjs [--count 500] [--rate 200] [--durability async] [--dir DIR]

import { loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure';
import WebSocket from 'ws';
import { relayAddresses } from '../dist/stack/relays.js';
import { entryOf, readState } from '../dist/stack/state.js';
import { Ledger } from './fault-ledger.mjs';
import { withStack } from './stack-load.mjs';

const LOOK_AGAIN_MS = 1;
const GIVE_UP_MS = 5_000;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '500' },
    rate: { type: 'string', default: '200' },
    durability: { type: 'string', default: 'async' },
    dir: { type: 'string' },
  },
});

/** A connection that answers one question after the other. */
class Asker {
  #socket;
  #hear = (_message) => undefined;

  async open(url) {
    this.#socket = new WebSocket(url);
    this.#socket.on('message', (data) => this.#hear(JSON.parse(String(data))));
    await new Promise((resolve, reject) => this.#socket.once('open', resolve).once('error', reject));
    return this;
  }

  /** @returns whether the event was accepted */
  publish(event) {
    return this.#ask(['EVENT', event], ([type, id, isAccepted]) =>
      type === 'OK' && id === event.id ? isAccepted === true : undefined,
    );
  }

  /** @returns whether the relay has the event */
  has(id) {
    let isThere = false;
    return this.#ask(['REQ', 'q', { ids: [id], limit: 1 }], ([type]) => {
      if (type === 'EVENT') isThere = true;
      return type === 'EOSE' ? isThere : undefined;
    });
  }

  close() {
    this.#socket.terminate();
  }

  #ask(message, answerOf) {
    return new Promise((resolve) => {
      this.#hear = (heard) => {
        const answer = answerOf(heard);
        if (answer !== undefined) resolve(answer);
      };
      this.#socket.send(JSON.stringify(message));
    });
  }
}

/** Milliseconds until a relay shows what is wanted; 0 where the first look did. */
async function untilShown(asker, id, isWanted) {
  const beganMs = performance.now();
  if ((await asker.has(id)) === isWanted) return 0;
  while ((await asker.has(id)) !== isWanted) {
    if (performance.now() - beganMs > GIVE_UP_MS) return GIVE_UP_MS;
    await sleep(LOOK_AGAIN_MS);
  }
  return performance.now() - beganMs;
}

function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part) => Math.round((sorted[Math.ceil(sorted.length * part) - 1] ?? 0) * 10) / 10;
  return { late: times.filter((ms) => ms > 0).length, of: times.length, p99_ms: at(0.99), max_ms: at(1) };
}

async function measure(dir) {
  const state = readState(dir);
  if (state === null) throw new Error(`no stack in ${dir}`);
  const relays = relayAddresses(state);
  const ledger = new Ledger({ entry: entryOf(state), relays: [], clients: 20, rate: Number(values.rate) });
  await sleep(500);
  ledger.start();
  await sleep(2_000);
  const askers = await Promise.all(relays.map((url) => new Asker().open(url)));
  const key = generateSecretKey();
  /** @type {number[][]} */
  const [shown = [], gone = []] = [[], []];
  for (let n = 0; n < Number(values.count); n++) {
    const [here, there] = [askers[n % askers.length], askers[(n + 1) % askers.length]];
    const created_at = Math.floor(Date.now() / 1_000);
    const event = finalizeEvent({ kind: 1, created_at, tags: [], content: `${n}` }, key);
    if (!(await here.publish(event))) throw new Error('an event was refused');
    shown.push(await untilShown(there, event.id, true));
    const deletion = finalizeEvent({ kind: 5, created_at, tags: [['e', event.id]], content: '' }, key);
    if (!(await here.publish(deletion))) throw new Error('a deletion was refused');
    gone.push(await untilShown(there, event.id, false));
  }
  for (const asker of askers) asker.close();
  const { accepted, refused, unanswered, lost } = await ledger.end(relays);
  const events = { ...{ shown: summary(shown), gone: summary(gone) } };
  const load = loadavg()[0]?.toFixed(1);
  console.log(JSON.stringify({ ...events, ledger: { accepted, refused, unanswered, lost }, load }));
}

if (values.dir !== undefined) await measure(values.dir);
else await withStack(['--durability', values.durability], ({ dir }) => measure(dir));
