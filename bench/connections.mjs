// What opening a connection costs: TCP, upgrade, bookkeeping, beside `ws` clients.
// node bench/connections.mjs [--rounds 5] [--count 5000] [--json]

import { parseArgs } from 'node:util';
import { startOfBenchmark } from './machine.mjs';
import { measureInRounds, medianAndRange, showResult } from './result.mjs';
import { median, runClient, runTrial, startNullRelay } from './support.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    count: { type: 'string', default: '5000' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
/** So that 10,000 are open within 5 s of CPU. */
const MOST_US = 500;

const contestants = (url) => [
  {
    name: 'engine',
    measure: async () => {
      const { perCpuSecond } = await runTrial('connections', url, { rate_per_s: Number(values.count) });
      return 1e6 / perCpuSecond;
    },
  },
  {
    name: 'plain',
    measure: async () => {
      const args = ['--url', url, '--count', values.count];
      return 1e6 / (await runClient('plain-connections.mjs', args)).perCpuSecond;
    },
  },
];

function tableOf(engine, plain) {
  const us = (all) => medianAndRange(all, 0);
  const rate = (all) => `${Math.round(1e6 / median(all)).toLocaleString('en')}/s`;
  const ratio = median(engine) / median(plain);
  return {
    title: 'Opening connections',
    columns: ['client', '>µs of CPU a connection', '>per CPU second', '>of plain'],
    rows: [
      ['plain `ws` clients, 100 at a time', us(plain), rate(plain), '1.00×'],
      [
        `relay-bench, ${Number(values.count).toLocaleString('en')}/s`,
        us(engine),
        rate(engine),
        `${ratio.toFixed(2)}×`,
      ],
    ],
    targets: [{ text: '10,000 connections in ≤ 5 s of CPU', isMet: median(engine) <= MOST_US }],
  };
}

const start = startOfBenchmark();
const relay = await startNullRelay();
try {
  const results = await measureInRounds(rounds, contestants(relay.url));
  const [engine, plain] = [results.get('engine'), results.get('plain')];
  const figures = { 'engine: cpu_us': engine, 'plain: cpu_us': plain };
  showResult({ name: 'connections', start, rounds, tables: [tableOf(engine, plain)], figures }, values.json);
} finally {
  await relay.stop();
}
