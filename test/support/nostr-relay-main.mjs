// A relay that is not ours, as a process of its own: @nostr-relay/core behind a WebSocket server, events in memory.
// node test/support/nostr-relay-main.mjs PORT [limit]: 0 lets the system choose; `limit` bounds every answer.

import common from '@nostr-relay/common';
import core from '@nostr-relay/core';
import validation from '@nostr-relay/validator';
import { WebSocketServer } from 'ws';

const MAX_ANSWER = Number(process.argv[3] ?? 500);

/** Everything in one list, newest first; replaceable kinds are kept like all others, which no test here minds. */
class MemoryRepository extends common.EventRepository {
  #events = [];
  #ids = new Set();

  isSearchSupported() {
    return false;
  }

  upsert(event) {
    if (this.#ids.has(event.id)) return { isDuplicate: true };
    this.#ids.add(event.id);
    this.#events.unshift(event);
    return { isDuplicate: false };
  }

  find(filter) {
    const wanted = Math.min(filter.limit ?? MAX_ANSWER, MAX_ANSWER);
    const found = this.#events.filter((event) => common.EventUtils.isMatchingFilter(event, filter));
    return found.sort((a, b) => b.created_at - a.created_at).slice(0, wanted);
  }

  /** @override */
  async deleteByDeletionRequest() {
    return undefined;
  }

  /** @override */
  async destroy() {
    this.#events = [];
  }
}

// Its caches would answer identical filters from the past.
const relay = new core.NostrRelay(new MemoryRepository(), {
  filterResultCacheTtl: 0,
  eventHandlingResultCacheTtl: 0,
});
const validator = new validation.Validator();
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2] ?? 0) });

server.on('connection', (socket) => {
  relay.handleConnection(socket);
  socket.on('message', async (data) => {
    try {
      await relay.handleMessage(socket, await validator.validateIncomingMessage(data));
    } catch (error) {
      socket.send(JSON.stringify(['NOTICE', `error: ${error.message}`]));
    }
  });
  socket.on('close', () => relay.handleDisconnect(socket));
  socket.on('error', () => socket.terminate());
});
server.on('listening', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  const { port } = address;
  console.log(JSON.stringify({ ready: true, url: `ws://127.0.0.1:${port}`, port, pid: process.pid }));
});
process.once('SIGTERM', () => process.exit(0));
