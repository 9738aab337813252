// What the transport costs: the engine over a raw socket, over `ws`, and over TLS (`ws` does that, too), beside each
// other in the same run against the null relay.
// node bench/transports.mjs [--rounds 5] [--window-ms 2000] [--json]

import { parseArgs } from 'node:util';
import { startOfBenchmark } from './machine.mjs';
import { measureInRounds, medianAndRange, perSecond, showResult } from './result.mjs';
import { median, runClient, startNullRelay, startTlsNullRelay } from './support.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    'window-ms': { type: 'string', default: '2000' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const SHAPES = [
  {
    name: 'closed, 16 connections × 16 in flight',
    args: ['--model', 'closed', '--connections', '16', '--window', '16'],
  },
  {
    name: 'closed, 64 connections × 1 in flight',
    args: ['--model', 'closed', '--connections', '64', '--window', '1'],
  },
];
const TRANSPORTS = ['raw', 'ws', 'wss'];
const LABELS = { raw: 'ws://, raw transport', ws: 'ws://, `ws` package', wss: 'wss:// (TLS 1.3)' };

async function measure(transport, shape, url) {
  const result = await runClient('engine-client.mjs', [
    ...['--url', url, ...shape.args, '--transport', transport === 'wss' ? 'auto' : transport],
    ...['--window-ms', values['window-ms']],
  ]);
  return { us: result.cpu_us / result.acked, rate: (result.acked / result.elapsed_ms) * 1_000 };
}

const nameOf = (shape, transport) => `${shape.name}: ${transport}`;

function tableOf(shape, results) {
  const all = (transport, key) => results.get(nameOf(shape, transport)).map((run) => run[key]);
  const base_us = median(all('raw', 'us'));
  return {
    title: shape.name,
    columns: ['transport', '>µs CPU/event', '>of raw', '>events/s'],
    rows: TRANSPORTS.map((transport) => [
      LABELS[transport],
      medianAndRange(all(transport, 'us'), 2),
      `${Math.round((median(all(transport, 'us')) / base_us) * 100)} %`,
      perSecond(median(all(transport, 'rate'))),
    ]),
    targets: [],
  };
}

const start = startOfBenchmark();
const relay = await startNullRelay();
const tlsRelay = await startTlsNullRelay();
try {
  const contestants = SHAPES.flatMap((shape) =>
    TRANSPORTS.map((transport) => ({
      name: nameOf(shape, transport),
      measure: () => measure(transport, shape, transport === 'wss' ? tlsRelay.url : relay.url),
    })),
  );
  const results = await measureInRounds(rounds, contestants);
  const figures = Object.fromEntries(
    [...results].map(([name, runs]) => [`${name}: cpu_us per event`, runs.map((run) => run.us)]),
  );
  const tables = SHAPES.map((shape) => tableOf(shape, results));
  showResult({ name: 'transports', start, rounds, tables, figures }, values.json);
} finally {
  await relay.stop();
  await tlsRelay.stop();
}
