// A relay that is not ours, for `suite`, `versus` and `run`: @nostr-relay/core behind a WebSocket server, events in memory.
// node bench/npm-relay.mjs --port PORT

import { argv } from 'node:process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
// The program of the tests takes its port as its only argument.
argv.splice(2, argv.length, values.port);
await import('../test/support/nostr-relay-main.mjs');
