// A relay that is not ours, as a process of its own: @nostr-relay/core behind a WebSocket server, events in memory.
// node test/support/nostr-relay-main.mjs PORT [limit]: 0 lets the system choose; `limit` bounds every answer.

import common from '@nostr-relay/common';
import core from '@nostr-relay/core';
import validation from '@nostr-relay/validator';
import { matchFilter } from 'nostr-tools/filter';
import { isAddressableKind, isReplaceableKind } from 'nostr-tools/kinds';
import { WebSocketServer } from 'ws';

const MAX_ANSWER = Number(process.argv[3] ?? 500);

/** As NIP-01 orders answers, and versions of an address: the newest first, of one second the lowest id. */
const isBefore = (a, b) => a.created_at > b.created_at || (a.created_at === b.created_at && a.id < b.id);

/** Where an event has only its newest version, else null. */
function addressOf({ kind, pubkey, tags }) {
  if (isReplaceableKind(kind)) return `${kind}:${pubkey}:`;
  if (!isAddressableKind(kind)) return null;
  return `${kind}:${pubkey}:${tags.find(([name]) => name === 'd')?.[1] ?? ''}`;
}

/** Everything in one list in the order of answers; of replaceable kinds the newest; without what its author has deleted (NIP-09). */
class MemoryRepository extends common.EventRepository {
  #events = [];
  #ids = new Set();
  #byAddress = new Map();
  /** Ids with the authors who have deleted them, and addresses with the time up to which they are. */
  #deletedIds = new Set();
  #deletedUntil = new Map();

  isSearchSupported() {
    return false;
  }

  upsert(event) {
    if (this.#ids.has(event.id) || this.#isDeleted(event)) return { isDuplicate: true };
    const address = addressOf(event);
    const version = address === null ? undefined : this.#byAddress.get(address);
    if (version !== undefined) {
      if (!isBefore(event, version)) return { isDuplicate: true };
      this.#remove(version);
    }
    if (address !== null) this.#byAddress.set(address, event);
    this.#ids.add(event.id);
    this.#events.splice(this.#placeOf(event), 0, event);
    return { isDuplicate: false };
  }

  find(filter) {
    const { genericTagsCollection = [], ...others } = filter;
    const tags = genericTagsCollection.map(([name, values]) => [`#${name}`, values]);
    const wanted = { ...others, ...Object.fromEntries(tags) };
    const limit = Math.min(filter.limit ?? MAX_ANSWER, MAX_ANSWER);
    const found = [];
    for (const event of this.#events) {
      if (found.length >= limit) break;
      if (matchFilter(wanted, event)) found.push(event);
    }
    return found;
  }

  /** @override */
  async deleteByDeletionRequest(request) {
    const { pubkey, tags, created_at } = request;
    this.upsert(request);
    for (const [name, value = ''] of tags) {
      if (name === 'e') this.#deletedIds.add(`${value}:${pubkey}`);
      if (name === 'a' && value.split(':')[1] === pubkey)
        this.#deletedUntil.set(value, Math.max(created_at, this.#deletedUntil.get(value) ?? 0));
    }
    for (const event of this.#events.filter((event) => event.pubkey === pubkey && this.#isDeleted(event)))
      this.#remove(event);
  }

  /** @override */
  async destroy() {
    this.#events = [];
  }

  #isDeleted(event) {
    if (event.kind === 5) return false;
    if (this.#deletedIds.has(`${event.id}:${event.pubkey}`)) return true;
    const address = addressOf(event);
    return address !== null && event.created_at <= (this.#deletedUntil.get(address) ?? -1);
  }

  #remove(event) {
    const at = this.#placeOf(event);
    if (this.#events[at] !== event) return;
    this.#events.splice(at, 1);
    this.#ids.delete(event.id);
    const address = addressOf(event);
    if (address !== null && this.#byAddress.get(address) === event) this.#byAddress.delete(address);
  }

  /** The place of an event in the list, or where it belongs. */
  #placeOf(event) {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.#events[middle], event)) low = middle + 1;
      else high = middle;
    }
    return low;
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
