// The scripted relay as a process of its own: it must not share the generator's event loop.
// node test/support/scripted-relay-main.mjs '<script as JSON>'; ends when its stdin does.

import { register } from 'node:module';

register('./ts-hooks.mjs', import.meta.url);
const { ScriptedRelay } = await import('./scripted-relay/server.ts');

const relay = await ScriptedRelay.start(JSON.parse(process.argv[2] ?? '{}'));
const stop = () => relay.stop().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.stdin.on('end', stop).resume();
console.log(JSON.stringify({ ready: true, url: relay.url, port: relay.port, pid: process.pid }));
