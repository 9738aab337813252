// A ledger of what a relay has promised: plain clients that write and reconnect, subscribers that listen, and what of it all is
// there afterwards. It knows nothing of relay-bench's own engine, so that both can be compared.

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEventFrameWriter } from '../dist/corpus/event-frames.js';
import { Lasting, missingAt } from './fault-connection.mjs';

const TICK_MS = 5;
const ANSWER_DEADLINE_MS = 12_000;

/** What is known of one event. */
class Entry {
  constructor(id, text) {
    this.id = id;
    this.text = text;
    this.sentMs = 0;
    this.okMs = 0;
    this.refusal = '';
  }
}

/** One client that writes. */
class Writer {
  /** @type {Map<string, Entry>} */
  #open = new Map();
  #waiting = [];
  #ledger;
  connection;

  constructor(ledger, url) {
    this.#ledger = ledger;
    this.connection = new Lasting(url, {
      onOpen: () => this.#sendAll(),
      onMessage: (message) => this.#hear(message),
      onLoss: () => this.#lose(),
    });
  }

  get unanswered() {
    return this.#open.size + this.#waiting.length;
  }

  /** Entries that have waited too long on a connection that is there. */
  late(nowMs) {
    return [...this.#open.values()].filter(({ sentMs }) => nowMs - sentMs > ANSWER_DEADLINE_MS).length;
  }

  write(entry) {
    this.#waiting.push(entry);
    this.#sendAll();
  }

  #sendAll() {
    if (!this.connection.isOpen) return;
    for (const entry of this.#waiting.splice(0)) {
      entry.sentMs = performance.now();
      this.#open.set(entry.id, entry);
      this.connection.socket.send(entry.text);
    }
  }

  /** As clients do: what got no answer is sent again. */
  #lose() {
    this.#ledger.interrupted += this.#open.size;
    this.#waiting.unshift(...this.#open.values());
    this.#open.clear();
  }

  #hear([type, id, isAccepted, message]) {
    if (type !== 'OK') return;
    const entry = this.#open.get(id);
    if (entry === undefined) return;
    this.#open.delete(id);
    if (isAccepted === true) this.#ledger.accept(entry);
    else {
      entry.refusal = String(message);
      this.#ledger.refused.push(entry.refusal);
    }
  }
}

/** A subscriber at one relay that asks again for what it may have missed when it comes back. */
class Listener {
  #authors;
  #sinceS = Math.floor(Date.now() / 1_000) - 2;
  #seenHere = new Set();
  #lastMs = 0;
  #isLive = false;
  seen = new Set();
  doubled = 0;
  /** The longest time between two live events, ms. */
  longestGapMs = 0;

  constructor(url, authors) {
    this.#authors = authors;
    this.connection = new Lasting(url, {
      onOpen: () => this.#ask(),
      onMessage: (message) => this.#hear(message),
      onLoss: () => {
        this.#isLive = false;
      },
    });
  }

  #ask() {
    this.#seenHere.clear();
    this.#lastMs = performance.now();
    const filter = { authors: this.#authors, since: this.#sinceS - 15, limit: 5_000 };
    this.connection.socket.send(JSON.stringify(['REQ', 'live', filter]));
  }

  #hear([type, , event]) {
    if (type === 'EOSE') this.#isLive = true;
    if (type === 'CLOSED') setTimeout(() => this.connection.isOpen && this.#ask(), 100);
    if (type !== 'EVENT') return;
    if (this.#seenHere.has(event.id)) this.doubled++;
    this.#seenHere.add(event.id);
    this.seen.add(event.id);
    this.#sinceS = Math.max(this.#sinceS, event.created_at);
    const now = performance.now();
    if (this.#isLive) this.longestGapMs = Math.max(this.longestGapMs, now - this.#lastMs);
    this.#lastMs = now;
  }

  forgetGaps() {
    this.longestGapMs = 0;
    this.#lastMs = performance.now();
  }
}

/** Clients that write at a rate through `entry`, and one listener at each of `relays`. */
export class Ledger {
  #frames;
  #target;
  #number = 0;
  #writers;
  #listeners;
  #timer;
  #lastOkMs = performance.now();
  accepted = [];
  refused = [];
  /** Events that had no answer when their connection was lost; they were sent again. */
  interrupted = 0;
  longestGapMs = 0;
  slowestMs = 0;

  constructor({ entry, relays, clients, rate }) {
    const runTag = Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
    const seed = Math.floor(Math.random() * 2 ** 31);
    this.#frames = createEventFrameWriter({
      seed,
      authors: 20,
      kind: 1,
      contentBytes: 48,
      topics: 1,
      runTag,
    });
    this.#target = Buffer.alloc(this.#frames.maxFrameBytes);
    this.#writers = Array.from({ length: clients }, () => new Writer(this, entry));
    this.#listeners = relays.map((url) => new Listener(url, [...this.#frames.publicKeys]));
    this.rate = rate;
  }

  /** Begins to write. */
  start() {
    const beganMs = performance.now();
    this.#lastOkMs = beganMs;
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - beganMs) / 1_000) * this.rate);
      while (this.#number < due) this.#write();
    }, TICK_MS);
  }

  accept(entry) {
    const now = performance.now();
    entry.okMs = now;
    this.accepted.push(entry.id);
    this.longestGapMs = Math.max(this.longestGapMs, now - this.#lastOkMs);
    this.slowestMs = Math.max(this.slowestMs, now - entry.sentMs);
    this.#lastOkMs = now;
  }

  /** What happened before does not count. */
  forget() {
    this.longestGapMs = 0;
    this.slowestMs = 0;
    this.interrupted = 0;
    this.#lastOkMs = performance.now();
    for (const listener of this.#listeners) listener.forgetGaps();
    for (const { connection } of [...this.#writers, ...this.#listeners]) {
      connection.drops = 0;
      connection.returns.length = 0;
    }
  }

  /** Stops writing, waits for the answers that are due, and reads everything back. */
  async end(relays) {
    clearInterval(this.#timer);
    const lateMs = performance.now() + ANSWER_DEADLINE_MS;
    while (this.#unanswered() > 0 && performance.now() < lateMs) await sleep(50);
    const unanswered = this.#unanswered();
    await sleep(1_500);
    const missed = this.#listeners.map(({ seen }) => this.accepted.filter((id) => !seen.has(id)).length);
    const lost = await Promise.all(relays.map((url) => missingAt(url, this.accepted)));
    const returns = this.#writers.flatMap(({ connection }) => connection.returns).sort((a, b) => a - b);
    const result = {
      accepted: this.accepted.length,
      longest_gap_ms: Math.round(this.longestGapMs),
      slowest_ok_ms: Math.round(this.slowestMs),
      refused: countBy(this.refused),
      unanswered,
      interrupted: this.interrupted,
      lost,
      drops: this.#writers.reduce((sum, { connection }) => sum + connection.drops, 0),
      back_p99_ms: Math.round(returns[Math.ceil(returns.length * 0.99) - 1] ?? 0),
      live_missed: missed,
      live_doubled: this.#listeners.map(({ doubled }) => doubled),
      live_gap_ms: this.#listeners.map(({ longestGapMs }) => Math.round(longestGapMs)),
    };
    for (const { connection } of [...this.#writers, ...this.#listeners]) connection.end();
    return result;
  }

  #unanswered() {
    return this.#writers.reduce((sum, { unanswered }) => sum + unanswered, 0);
  }

  #write() {
    const n = this.#number++;
    const length = this.#frames.write(this.#target, 0, n, Math.floor(Date.now() / 1_000), n);
    const entry = new Entry(this.#frames.idHex(), textOf(this.#target.subarray(0, length)));
    this.#writers[n % this.#writers.length].write(entry);
  }
}

/** What a masked frame says. */
function textOf(frame) {
  const length = frame[1] & 0x7f;
  const at = length < 126 ? 2 : length === 126 ? 4 : 10;
  const mask = frame.subarray(at, at + 4);
  return Buffer.from(frame.subarray(at + 4).map((byte, index) => byte ^ mask[index % 4])).toString();
}

function countBy(texts) {
  const counts = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}
