// The honest client of the attacks: 20 operations a second, by the clock and not by the answers, over connections of its
// own from an address of its own, 127.0.0.2.

import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure';
import { WebSocket } from 'ws';

const EVERY_MS = 50;
/** An answer that takes longer is none. */
const TIMEOUT_MS = 5_000;
const ADDRESS = '127.0.0.2';

export class HonestClient {
  #url;
  #secret = generateSecretKey();
  /** By what answers them: `OK ID`, `EOSE SUB`, `EVENT live ID`. */
  #waiting = new Map();
  #talker;
  #listener;
  #lastId = '';
  #count = 0;
  #isClosed = false;

  constructor(url) {
    this.#url = url;
  }

  static async open(url) {
    const client = new HonestClient(url);
    await Promise.all([client.#connectTalker(), client.#connectListener()]);
    await client.#publish();
    return client;
  }

  /** Works for so long; every operation that was begun is waited for. */
  async work(ms) {
    const startMs = performance.now();
    const operations = [];
    for (let n = 0; n * EVERY_MS < ms; n++) {
      const dueMs = startMs + n * EVERY_MS;
      await sleep(Math.max(0, dueMs - performance.now()));
      operations.push(this.#operation(dueMs));
    }
    const results = await Promise.all(operations);
    const latencies = results.map(({ latency_ms }) => latency_ms).sort((a, b) => a - b);
    const at = (share) => latencies[Math.min(latencies.length - 1, Math.ceil(share * latencies.length) - 1)];
    const failures = results.flatMap(({ failure }) => (failure === null ? [] : [failure]));
    return { operations: results.length, p50_ms: at(0.5), p95_ms: at(0.95), max_ms: at(1), failures };
  }

  close() {
    this.#isClosed = true;
    this.#talker?.terminate();
    this.#listener?.terminate();
  }

  /** From when it was due; one that fails counts with the whole time-out. */
  async #operation(dueMs) {
    const kinds = [() => this.#publish(), () => this.#query(), () => this.#deliver()];
    try {
      await kinds[this.#count++ % kinds.length]();
      return { latency_ms: performance.now() - dueMs, failure: null };
    } catch (error) {
      return { latency_ms: TIMEOUT_MS, failure: error.message };
    }
  }

  async #publish() {
    const event = this.#event();
    const [accepted, message] = await this.#ask(`OK ${event.id}`, this.#talker, ['EVENT', event]);
    if (accepted !== true) throw new Error(`refused: ${message}`);
    this.#lastId = event.id;
  }

  async #query() {
    const sub = `q${this.#count}`;
    const id = this.#lastId;
    const found = this.#wait(`EVENT ${sub} ${id}`);
    // Only the end of the answer is waited for where the event does not come.
    found.catch(() => undefined);
    await this.#ask(`EOSE ${sub}`, this.#talker, ['REQ', sub, { ids: [id] }]);
    if (this.#waiting.has(`EVENT ${sub} ${id}`)) {
      this.#settle(`EVENT ${sub} ${id}`, null);
      throw new Error('a stored event was not found');
    }
    this.#talker.send(JSON.stringify(['CLOSE', sub]));
  }

  async #deliver() {
    const event = this.#event();
    const delivered = this.#wait(`EVENT live ${event.id}`);
    delivered.catch(() => undefined);
    const [accepted, message] = await this.#ask(`OK ${event.id}`, this.#talker, ['EVENT', event]);
    if (accepted !== true) throw new Error(`refused: ${message}`);
    await delivered;
  }

  #event() {
    const content = randomBytes(40).toString('hex');
    return finalizeEvent(
      { kind: 1, created_at: Math.floor(Date.now() / 1_000), tags: [], content },
      this.#secret,
    );
  }

  #ask(key, socket, message) {
    if (socket?.readyState !== WebSocket.OPEN) throw new Error('not connected');
    const answer = this.#wait(key);
    socket.send(JSON.stringify(message));
    return answer;
  }

  #wait(key) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(key);
        reject(new Error(`no ${key.split(' ')[0]} in time`));
      }, TIMEOUT_MS);
      this.#waiting.set(key, (value) => {
        clearTimeout(timer);
        if (value instanceof Error) reject(value);
        else resolve(value);
      });
    });
  }

  #settle(key, value) {
    const settle = this.#waiting.get(key);
    this.#waiting.delete(key);
    settle?.(value);
  }

  #onMessage(data) {
    const [type, first, second, third] = JSON.parse(data);
    if (type === 'OK') this.#settle(`OK ${first}`, [second, third]);
    else if (type === 'EOSE') this.#settle(`EOSE ${first}`, null);
    else if (type === 'EVENT') this.#settle(`EVENT ${first} ${second.id}`, second);
    else if (type === 'CLOSED') this.#settle(`EOSE ${first}`, new Error(`closed: ${second}`));
  }

  async #connectTalker() {
    this.#talker = await this.#connect(() => this.#connectTalker());
  }

  async #connectListener() {
    this.#listener = await this.#connect(() => this.#connectListener());
    const filter = { authors: [getPublicKey(this.#secret)], limit: 0 };
    await this.#ask('EOSE live', this.#listener, ['REQ', 'live', filter]);
  }

  /** A connection that is lost comes again; what it was asked meanwhile has failed. */
  #connect(again) {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(this.#url, { localAddress: ADDRESS, handshakeTimeout: TIMEOUT_MS });
      socket.on('message', (data) => this.#onMessage(data));
      socket.on('open', () => resolve(socket));
      socket.on('error', reject);
      socket.on('close', () => {
        if (!this.#isClosed) setTimeout(() => void again().catch(() => undefined), EVERY_MS);
      });
    });
  }
}
