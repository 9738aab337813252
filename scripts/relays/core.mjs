// Starts @nostr-relay/core with its SQLite repository: node scripts/relays/core.mjs PORT DIR
//
// NOSTR_RELAY_CORE=/path/to/folder   where `npm install @nostr-relay/core @nostr-relay/common @nostr-relay/validator
//                                    @nostr-relay/event-repository-sqlite ws` was carried out
//
// Everything as its README has it, its caches included.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { argv } from 'node:process';
import { requireProgram } from './lib.mjs';

const [port, dir] = argv.slice(2);
const load = createRequire(join(requireProgram('NOSTR_RELAY_CORE', 'a folder with the packages'), 'main.js'));
const packages = ['core', 'validator', 'event-repository-sqlite'].map((name) => load(`@nostr-relay/${name}`));
const [{ NostrRelay }, { Validator }, { EventRepositorySqlite }] = packages;
const { WebSocketServer } = load('ws');

const repository = new EventRepositorySqlite(join(dir, 'events.db'));
await repository.init();
const relay = new NostrRelay(repository);
const validator = new Validator();
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(port) });

server.on('connection', (socket) => {
  relay.handleConnection(socket);
  socket.on('message', async (data) => {
    try {
      await relay.handleMessage(socket, await validator.validateIncomingMessage(data));
    } catch (error) {
      socket.send(JSON.stringify(['NOTICE', error.message]));
    }
  });
  socket.on('close', () => relay.handleDisconnect(socket));
  socket.on('error', () => socket.terminate());
});
process.once('SIGTERM', () => process.exit(0));
