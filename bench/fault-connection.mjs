// Connections of the ledger (fault-ledger.mjs): one that comes back by itself, and one that reads back.

import { performance } from 'node:perf_hooks';
import WebSocket from 'ws';

const RETRY_LEAST_MS = 20;
const RETRY_MOST_MS = 400;
/** Ids of one question; relays answer at most 500. */
const IDS_OF_A_QUESTION = 400;

/** A connection that comes back by itself, at random moments so that not all come at once. */
export class Lasting {
  #url;
  #isEnded = false;
  #retryMs = RETRY_LEAST_MS;
  #lostMs = 0;
  socket;
  drops = 0;
  /** Milliseconds that each return took. */
  returns = [];

  constructor(url, { onOpen, onMessage, onLoss }) {
    this.#url = url;
    this.handlers = { onOpen, onMessage, onLoss };
    this.#connect();
  }

  get isOpen() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  end() {
    this.#isEnded = true;
    this.socket.terminate();
  }

  #connect() {
    const socket = new WebSocket(this.#url, { handshakeTimeout: 2_000, perMessageDeflate: false });
    this.socket = socket;
    let wasOpen = false;
    socket.on('open', () => {
      wasOpen = true;
      this.#retryMs = RETRY_LEAST_MS;
      if (this.#lostMs > 0) this.returns.push(performance.now() - this.#lostMs);
      this.#lostMs = 0;
      this.handlers.onOpen();
    });
    socket.on('message', (data) => this.handlers.onMessage(JSON.parse(String(data))));
    // Its close follows, and tells.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#isEnded) return;
      if (wasOpen) {
        this.drops++;
        this.#lostMs = performance.now();
        this.handlers.onLoss();
      }
      setTimeout(() => this.#connect(), this.#retryMs * (0.5 + Math.random()));
      this.#retryMs = Math.min(RETRY_MOST_MS, this.#retryMs * 1.5);
    });
  }
}

/** How many of the ids a relay does not find. */
export async function missingAt(url, ids) {
  const found = new Set();
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  for (let from = 0; from < ids.length; from += IDS_OF_A_QUESTION) {
    const part = ids.slice(from, from + IDS_OF_A_QUESTION);
    await new Promise((resolve, reject) => {
      const hear = (data) => {
        const [type, , event] = JSON.parse(String(data));
        if (type === 'EVENT') found.add(event.id);
        if (type === 'CLOSED') reject(new Error(`a question was refused: ${event}`));
        if (type !== 'EOSE') return;
        socket.off('message', hear);
        resolve(undefined);
      };
      socket.on('message', hear);
      socket.send(JSON.stringify(['REQ', 'back', { ids: part, limit: part.length }]));
    });
  }
  socket.terminate();
  return ids.filter((id) => !found.has(id)).length;
}
