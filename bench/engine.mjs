// What the engine costs: CPU per acknowledged event, beside a plain client and the raw socket limit, in the same
// run and against the same null relay. One pinned core for the client, one for the relay.
// node bench/engine.mjs [--rounds 5] [--window-ms 3000] [--rate-64 100000] [--rate-1000 40000]
//   [--only closed|open] [--json]

import { parseArgs } from 'node:util';
import { startOfBenchmark } from './machine.mjs';
import { measureInRounds, medianAndRange, perSecond, showResult } from './result.mjs';
import { cpuOf, median, runClient, startNullRelay } from './support.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    'warmup-ms': { type: 'string', default: '1000' },
    'window-ms': { type: 'string', default: '3000' },
    // Above what one core can do: below that, the time in which the loop waits for arrivals would count as cost.
    'rate-64': { type: 'string', default: '250000' },
    'rate-1000': { type: 'string', default: '100000' },
    /** Only the shapes of this load model. */
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);

/**
 * Each shape of load: how each of the three clients runs it, and what the engine must reach. A paced one should leave
 * the generator room, hence valid runs; the closed one saturates it on purpose.
 */
const ALL_SHAPES = [
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
    isPaced: true,
    target: { text: '≤ 7 µs', holds: ({ engine }) => engine <= 7 },
  },
  {
    name: `open, 1000 connections, ${values['rate-1000']}/s`,
    client: ['--connections', '1000', '--window', '1'],
    engine: ['--model', 'open', '--connections', '1000', '--rate', values['rate-1000']],
    isPaced: true,
    target: { text: '≤ 19 µs', holds: ({ engine }) => engine <= 19 },
  },
];
const SHAPES = ALL_SHAPES.filter(({ name }) => name.startsWith(values.only ?? ''));
const CLIENTS = ['plain', 'raw', 'engine'];

/** One measurement: CPU per event, rate, and how busy both cores were. */
async function measure(client, shape, relay) {
  const args = client === 'engine' ? shape.engine : shape.client;
  const times = ['--warmup-ms', values['warmup-ms'], '--window-ms', values['window-ms']];
  const relayBefore = cpuOf(relay.pid);
  const started = performance.now();
  const result = await runClient(`${client}-client.mjs`, ['--url', relay.url, ...args, ...times]);
  const relayCore = (cpuOf(relay.pid) - relayBefore) / 1_000 / (performance.now() - started);
  return {
    us: result.cpu_us / result.acked,
    rate: (result.acked / result.elapsed_ms) * 1_000,
    core: result.cpu_us / 1_000 / result.elapsed_ms,
    relayCore,
    sendLag_us: result.sendLag_us?.p99_us ?? null,
    invalid: result.validity?.verdict === 'invalid' ? result.validity.reasons : [],
  };
}

const nameOf = (shape, client) => `${shape.name}: ${client}`;

function tableOf(shape, results) {
  const runsOf = (client) => results.get(nameOf(shape, client));
  const all = (client, key) => runsOf(client).map((run) => run[key]);
  const us = Object.fromEntries(CLIENTS.map((client) => [client, median(all(client, 'us'))]));
  return {
    title: shape.isPaced ? `${shape.name} offered: saturated, late, invalid` : shape.name,
    columns: [
      'client',
      '>µs CPU/event',
      '>of plain',
      '>events/s',
      '>own core',
      '>relay core',
      '>send lag p99',
    ],
    rows: CLIENTS.map((client) => [
      client,
      medianAndRange(all(client, 'us'), 2),
      `${Math.round((us[client] / us.plain) * 100)} %`,
      perSecond(median(all(client, 'rate'))),
      `${Math.round(median(all(client, 'core')) * 100)} %`,
      `${Math.round(median(all(client, 'relayCore')) * 100)} %`,
      client === 'engine' && shape.isPaced
        ? `${(median(all(client, 'sendLag_us')) / 1_000).toFixed(2)} ms`
        : '–',
    ]),
    targets: [{ text: shape.target.text, isMet: shape.target.holds(us) }],
    notes: notesOf(us, shape.isPaced ? runsOf('engine') : []),
  };
}

function notesOf(us, runs) {
  const share = `the engine reaches ${Math.round((us.raw / us.engine) * 100)} % of the raw socket limit`;
  const invalid = runs.filter((run) => run.invalid.length > 0);
  if (invalid.length === 0) return [share];
  return [share, `${invalid.length} of ${rounds} runs were invalid: ${invalid[0].invalid.join('; ')}`];
}

const start = startOfBenchmark();
const relay = await startNullRelay();
try {
  const contestants = SHAPES.flatMap((shape) =>
    CLIENTS.map((client) => ({
      name: nameOf(shape, client),
      measure: () => measure(client, shape, relay),
    })),
  );
  const results = await measureInRounds(rounds, contestants);
  const figures = [...results].map(([name, runs]) => [
    `${name}: cpu_us per event`,
    runs.map((run) => run.us),
  ]);
  const tables = SHAPES.map((shape) => tableOf(shape, results));
  const name = ['engine', values.only].filter(Boolean).join('-');
  showResult({ name, start, rounds, tables, figures: Object.fromEntries(figures) }, values.json);
} finally {
  await relay.stop();
}
