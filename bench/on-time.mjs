// The highest rate at which relay-bench is on time, its event loop saturated in no second, nor late. Found by bisection, open model, for 1, 64 and 1,000
// connections and for one and two workers; beside the plain client and the raw sockets, which send as fast as they can, one event in
// flight on each connection, in the same round. Nobody but the null relay is pinned to a core, as in a run, and one worker also with a
// core of its own, as by --pin. About twelve minutes.
// node bench/on-time.mjs [--rounds 3] [--connections 1,64,1000] [--hold-s 3] [--json]

import { parseArgs } from 'node:util';
import { startOfBenchmark } from './machine.mjs';
import { onTimeTable } from './on-time-report.mjs';
import { measureInRounds, showResult } from './result.mjs';
import { CLIENT_CORE, canPin, runClient, runTrial, SERVER_CORE, startNullRelay } from './support.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '1,64,1000' },
    'hold-s': { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const CONNECTIONS = values.connections.split(',').map(Number);
/** Gives EVENT messages of 470 bytes, which the other clients send, too. */
const CONTENT_BYTES = 48;
const PRECISION = 1.05;
/** In the first round the limit may be anywhere; later ones begin where the one before has ended. */
const FIRST = { first_per_s: 30_000, step: 1.5 };
const LATER_STEP = 1.15;
/** The core that the null relay leaves; two workers and the rest would need a third one. */
const PLACEMENT = { workers: [CLIENT_CORE], others: [SERVER_CORE] };
const ENGINES = [
  { workers: 1, isPinned: false },
  { workers: 1, isPinned: true },
  { workers: 2, isPinned: false },
];

/** Each worker must have a connection. */
const enginesOn = (connections) =>
  ENGINES.filter(({ workers, isPinned }) => workers <= connections && (!isPinned || canPin()));

const engineName = ({ workers, isPinned }) => (isPinned ? `${workers}, pinned` : workers);
const nameOf = (connections, client) => `${connections} connections: ${client}`;

/** Events acknowledged per second of wall time by a client that does nothing else. */
function closedClient(url, connections, client) {
  return {
    name: nameOf(connections, client),
    measure: async () => {
      const args = ['--url', url, '--connections', connections, '--window', 1, '--window-ms', 2_000];
      const { acked, elapsed_ms } = await runClient(`${client}-client.mjs`, args.map(String), null);
      return { rate: (acked / elapsed_ms) * 1_000 };
    },
  };
}

function engine(url, connections, { workers, isPinned }) {
  let search = FIRST;
  return {
    name: nameOf(connections, engineName({ workers, isPinned })),
    measure: async () => {
      const found = await runTrial(
        'on-time',
        url,
        {
          connections,
          workers,
          ...(isPinned ? { placement: PLACEMENT } : {}),
          contentBytes: CONTENT_BYTES,
          hold_s: Number(values['hold-s']),
          search: { ...search, precision: PRECISION },
        },
        null,
      );
      if (found.onTime !== null) search = { first_per_s: found.onTime.rate_per_s, step: LATER_STEP };
      return found;
    },
  };
}

function contestants(url) {
  return CONNECTIONS.flatMap((connections) => [
    closedClient(url, connections, 'plain'),
    closedClient(url, connections, 'raw'),
    ...enginesOn(connections).map((each) => engine(url, connections, each)),
  ]);
}

/** Every round's rates; null where nothing was on time. */
function figuresOf(results) {
  return Object.fromEntries(
    [...results].map(([name, runs]) => [
      `${name}: events per second`,
      runs.map((run) => run.rate ?? run.onTime?.rate_per_s ?? null),
    ]),
  );
}

const start = startOfBenchmark();
const relay = await startNullRelay();
try {
  const results = await measureInRounds(rounds, contestants(relay.url));
  const tables = CONNECTIONS.map((connections) =>
    onTimeTable(connections, {
      plain: results.get(nameOf(connections, 'plain')),
      raw: results.get(nameOf(connections, 'raw')),
      engines: enginesOn(connections).map((each) => ({
        ...each,
        runs: results.get(nameOf(connections, engineName(each))),
      })),
    }),
  );
  const cores = 'clients and workers not pinned, null relay on core 1';
  showResult({ name: 'on-time', start, rounds, cores, tables, figures: figuresOf(results) }, values.json);
} finally {
  await relay.stop();
}
