// A worker that does what the run tag of its `init` says, so that transports can be tested without load.
import process from 'node:process';

const NO_CONNECTIONS = { opened: 0, failed: 0, dropped: 0, open: 0, firstDropNs: null, lastDropNs: null };
const HISTORY_BYTES = 700_000;

/** @param {unknown} message */
function send(message) {
  process.send?.(message);
}

/**
 * What workers do by run tag, on `connect`.
 * @type {Record<string, () => void>}
 */
const ON_CONNECT = {
  counts: () => {
    for (let done = 0; done < 300; done++)
      send({ type: 'preparing', done, total: process.pid, what: 'numbers' });
  },
  dies: () => process.exit(7),
  fails: () => send({ type: 'failed', message: 'the worker says so' }),
  tells: () => {
    const entries = Uint8Array.from({ length: HISTORY_BYTES }, (_, at) => (at * 7_919) % 251);
    send({ type: 'history', entries });
  },
};

let tag = '';
process.on('message', (given) => {
  const message = /** @type {import('../../src/engine/messages.ts').ToWorker} */ (given);
  if (message.type === 'init') {
    tag = message.runTag;
    send({ type: 'ready' });
  }
  if (message.type === 'connect') {
    ON_CONNECT[tag]?.();
    const counts = { ...NO_CONNECTIONS, firstDropNs: message.startNs };
    send({ type: 'connected', counts, refusals: [] });
  }
  if (message.type === 'go') {
    send({ type: 'started', late_us: 5 });
    const observations = { evidence: {}, findings: [] };
    send({ type: 'done', notices: [String(message.startNs)], refusals: [], exhaustedNs: null, observations });
    process.disconnect();
  }
});
// Whoever started it is gone.
process.on('disconnect', () => process.exit());
