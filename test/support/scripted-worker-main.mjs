// A worker that does what the run tag of its `init` says, so that transports can be tested without load.
import process from 'node:process';

const NO_CONNECTIONS = { opened: 0, failed: 0, dropped: 0, open: 0, firstDropNs: null, lastDropNs: null };
const HISTORY_BYTES = 700_000;

function send(message) {
  process.send?.(message);
}

/** What workers do by run tag, on `connect`. */
const ON_CONNECT = {
  counts: () => {
    for (let done = 0; done < 300; done++)
      send({ type: 'preparing', done, total: process.pid, what: 'numbers' });
  },
  dies: () => process.exit(7),
  fails: () => send({ type: 'failed', message: 'the worker says so' }),
  'dies-late': () => {
    send({ type: 'draining', pending: 1 });
    process.disconnect();
  },
  tells: () => {
    const entries = Uint8Array.from({ length: HISTORY_BYTES }, (_, at) => (at * 7_919) % 251);
    send({ type: 'history', entries });
  },
};

let tag = '';
process.on('message', (message) => {
  if (message.type === 'init') {
    tag = message.runTag;
    send({ type: 'ready' });
  }
  if (message.type === 'connect') {
    ON_CONNECT[tag]?.();
    const counts = { ...NO_CONNECTIONS, firstDropNs: message.startNs };
    send({ type: 'connected', counts, refusals: [] });
  }
  if (message.type === 'prepare') send({ type: 'draining', pending: message.startWallMs });
  if (message.type === 'go') {
    send({ type: 'started', late_us: 5 });
    const observations = { evidence: {}, findings: [] };
    send({ type: 'done', notices: [String(message.startNs)], refusals: [], exhaustedNs: null, observations });
    process.disconnect();
  }
});
process.on('disconnect', () => process.exit());
