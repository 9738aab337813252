// What the engine costs: CPU per acknowledged event, beside a plain client and the raw socket limit, in the same
// run and against the same null relay. One pinned core for the client, one for the relay.
// node bench/engine.mjs [--rounds 5] [--window-ms 3000] [--rate-64 100000] [--rate-1000 40000]

import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import {
  CLIENT_CORE,
  canPin,
  cpuOf,
  firstJsonLine,
  median,
  rootPath,
  SERVER_CORE,
  startNullRelay,
  startPinned,
  stopChild,
} from './support.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    'warmup-ms': { type: 'string', default: '1000' },
    'window-ms': { type: 'string', default: '3000' },
    'rate-64': { type: 'string', default: '100000' },
    'rate-1000': { type: 'string', default: '40000' },
  },
});

/** Each shape of load: how each of the three clients runs it, and what the engine must reach. */
const SHAPES = [
  {
    name: 'closed, 16 connections × 16 in flight',
    client: ['--connections', '16', '--window', '16'],
    engine: ['--model', 'closed', '--connections', '16', '--window', '16'],
    target: { text: '≤ 45 % of plain', holds: ({ engine, plain }) => engine <= 0.45 * plain },
  },
  {
    name: `open, 64 connections, ${values['rate-64']}/s`,
    client: ['--connections', '64', '--window', '1'],
    engine: ['--model', 'open', '--connections', '64', '--rate', values['rate-64']],
    target: { text: '≤ 7 µs', holds: ({ engine }) => engine <= 7 },
  },
  {
    name: `open, 1000 connections, ${values['rate-1000']}/s`,
    client: ['--connections', '1000', '--window', '1'],
    engine: ['--model', 'open', '--connections', '1000', '--rate', values['rate-1000']],
    target: { text: '≤ 19 µs', holds: ({ engine }) => engine <= 19 },
  },
];
/** Above this load average other work takes CPU from the two cores. */
const QUIET_LOAD = 0.5;
const CLIENTS = ['plain', 'raw', 'engine'];

/** One measurement: CPU per event, rate, and how busy both cores were. */
async function measure(client, shape, relay) {
  const args = client === 'engine' ? shape.engine : shape.client;
  const times = ['--warmup-ms', values['warmup-ms'], '--window-ms', values['window-ms']];
  const child = startPinned(CLIENT_CORE, [
    rootPath(`bench/${client}-client.mjs`),
    '--url',
    relay.url,
    ...args,
    ...times,
  ]);
  const relayBefore = cpuOf(relay.pid);
  const started = performance.now();
  const result = await firstJsonLine(child);
  const relayCore = (cpuOf(relay.pid) - relayBefore) / 1_000 / (performance.now() - started);
  await stopChild(child);
  return {
    us: result.cpu_us / result.acked,
    rate: (result.acked / result.elapsed_ms) * 1_000,
    core: result.cpu_us / 1_000 / result.elapsed_ms,
    relayCore,
    sendLag_us: result.sendLag_us?.p99_us ?? null,
    invalid: result.validity?.verdict === 'invalid' ? result.validity.reasons : [],
  };
}

/** All rounds; the order turns round each time, so that drift of the machine hits all clients alike. */
async function measureAll(relay) {
  const results = new Map(
    SHAPES.flatMap((shape) => CLIENTS.map((client) => [`${shape.name} ${client}`, []])),
  );
  for (let round = 0; round < Number(values.rounds); round++) {
    const order = round % 2 === 0 ? CLIENTS : CLIENTS.toReversed();
    for (const shape of SHAPES) {
      for (const client of order) {
        process.stderr.write(`round ${round + 1}/${values.rounds}: ${shape.name}, ${client}\n`);
        results.get(`${shape.name} ${client}`).push(await measure(client, shape, relay));
      }
    }
  }
  return results;
}

function printShape(shape, runsOf) {
  const table = new Table({
    head: [
      'client',
      'µs CPU/event',
      'range',
      'of plain',
      'events/s',
      'own core',
      'relay core',
      'send lag p99',
    ],
    style: { head: [], border: [] },
  });
  const us = Object.fromEntries(
    CLIENTS.map((client) => [client, median(runsOf(client).map((run) => run.us))]),
  );
  for (const client of CLIENTS) {
    const runs = runsOf(client);
    const of = (key) => median(runs.map((run) => run[key]));
    const all = runs.map((run) => run.us);
    table.push([
      client,
      us[client].toFixed(2),
      `${Math.min(...all).toFixed(2)}–${Math.max(...all).toFixed(2)}`,
      `${Math.round((us[client] / us.plain) * 100)} %`,
      Math.round(of('rate')).toLocaleString('en'),
      `${Math.round(of('core') * 100)} %`,
      `${Math.round(of('relayCore') * 100)} %`,
      runs[0].sendLag_us === null ? '-' : `${(of('sendLag_us') / 1_000).toFixed(2)} ms`,
    ]);
  }
  console.log(`\n${shape.name}\n${table.toString()}`);
  console.log(`engine reaches ${Math.round((us.raw / us.engine) * 100)} % of the raw socket limit`);
  console.log(`target ${shape.target.text}: ${shape.target.holds(us) ? 'met' : 'NOT met'}`);
  const invalid = runsOf('engine').filter((run) => run.invalid.length > 0);
  if (invalid.length > 0) {
    console.log(
      `${invalid.length} of ${values.rounds} engine runs were invalid: ${invalid[0].invalid.join('; ')}`,
    );
  }
}

const relay = await startNullRelay();
try {
  const [load] = loadavg();
  const results = await measureAll(relay);
  console.log(
    canPin()
      ? `client on core ${CLIENT_CORE}, null relay on core ${SERVER_CORE}; medians of ${values.rounds} rounds`
      : 'NOT pinned (needs Linux and two cores): the figures include whatever else shared the cores',
  );
  if (load > QUIET_LOAD) {
    console.log(`DISTURBED: the load average was ${load.toFixed(1)} before the first round`);
  }
  for (const shape of SHAPES) printShape(shape, (client) => results.get(`${shape.name} ${client}`));
} finally {
  await relay.stop();
}
