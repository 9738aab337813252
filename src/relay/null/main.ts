import { readFileSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { type NullRelayOptions, startNullRelay } from './server.ts';

/** How often a relay that must not outlive its parent looks whether it still has it. */
const PARENT_CHECK_MS = 500;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    stored: { type: 'string', default: '0' },
    'fan-out': { type: 'boolean', default: false },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    'exit-with-parent': { type: 'boolean', default: false },
  },
});
const parent = process.ppid;
const relay = await startNullRelay({
  port: wholeNumber('port', values.port),
  stored: wholeNumber('stored', values.stored),
  fanOut: values['fan-out'],
  tls: tlsOf(values['tls-cert'], values['tls-key']),
});

const stop = (): void => {
  relay.stop().then(
    () => process.exit(0),
    () => process.exit(1),
  );
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
if (values['exit-with-parent']) {
  setInterval(() => {
    if (process.ppid !== parent) stop();
  }, PARENT_CHECK_MS);
}
process.stdout.write(
  `${JSON.stringify({ ready: true, url: `${values['tls-cert'] === undefined ? 'ws' : 'wss'}://127.0.0.1:${relay.port}`, port: relay.port, pid: process.pid })}\n`,
);

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new Error(`--${name} must be a whole number, not "${text}"`);
}

function tlsOf(cert: string | undefined, key: string | undefined): NullRelayOptions['tls'] {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new Error('--tls-cert and --tls-key belong together');
  return { cert: readFileSync(cert), key: readFileSync(key) };
}
