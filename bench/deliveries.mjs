// What a received live event costs: timed, matched and accounted for by the engine, beside a `ws` client that only
// calls JSON.parse. 100 subscribers, events of 470 bytes, 16 a segment, from a null relay that fans out.
// node bench/deliveries.mjs [--rounds 5] [--json]

import { parseArgs } from 'node:util';
import { startOfBenchmark } from './machine.mjs';
import { measureInRounds, medianAndRange, showResult } from './result.mjs';
import { median, runClient, runTrial, startNullRelay } from './support.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
const CONTENT_BYTES = 48;
const LEAST = 1_000_000;
const LEAST_RATIO = 2.2;

const contestants = (url) => [
  {
    name: 'engine',
    measure: async () => {
      const parameters = { rates: [3_000_000], contentBytes: CONTENT_BYTES };
      return (await runTrial('deliveries', url, parameters)).perCpuSecond;
    },
  },
  {
    name: 'plain',
    measure: async () => {
      const { acked, cpu_us } = await runClient('plain-subscriber.mjs', ['--url', url]);
      return (acked * 1e6) / cpu_us;
    },
  },
];

function tableOf(engine, plain) {
  const ratio = median(engine) / median(plain);
  return {
    title: 'Live events received per second of CPU',
    columns: ['client', '>events per CPU second', '>of plain'],
    rows: [
      ['plain `ws` client, JSON.parse of each', medianAndRange(plain, 0), '1.00×'],
      ['relay-bench, timed and accounted for', medianAndRange(engine, 0), `${ratio.toFixed(2)}×`],
    ],
    targets: [
      { text: `≥ ${LEAST.toLocaleString('en')}/s`, isMet: median(engine) >= LEAST },
      { text: `≥ ${LEAST_RATIO}× the plain client`, isMet: ratio >= LEAST_RATIO },
    ],
  };
}

const start = startOfBenchmark();
const relay = await startNullRelay('--fan-out');
try {
  const results = await measureInRounds(rounds, contestants(relay.url));
  const [engine, plain] = [results.get('engine'), results.get('plain')];
  const figures = { 'engine: events per CPU second': engine, 'plain: events per CPU second': plain };
  showResult({ name: 'deliveries', start, rounds, tables: [tableOf(engine, plain)], figures }, values.json);
} finally {
  await relay.stop();
}
