// What one worker can do at most: events signed, sent, acknowledged, matched and recorded per second of CPU, open
// model, saturated; beside a plain `ws` client that neither signs nor schedules nor matches nor records.
// node bench/ceiling.mjs [--rounds 5] [--json]

import { parseArgs } from 'node:util';
import { startOfBenchmark } from './machine.mjs';
import { measureInRounds, medianAndRange, perSecond, showResult } from './result.mjs';
import { median, runClient, runTrial, startNullRelay } from './support.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
/** Offered rates that no worker reaches, and what is asked of it. */
const SHAPES = [
  { connections: 64, offered: 500_000, least: 150_000 },
  { connections: 1_000, offered: 250_000, least: 55_000 },
];
/** Gives EVENT messages of 470 bytes, which the plain client sends, too. */
const CONTENT_BYTES = 48;

const engineName = ({ connections }) => `engine, ${connections} connections`;
const onTimeName = ({ connections }) => `engine that does not catch up, ${connections} connections`;
const plainName = ({ connections }) => `plain client, ${connections} connections`;

async function measureEngine(url, { connections, offered }, catchUp) {
  const parameters = { connections, rates: [offered], contentBytes: CONTENT_BYTES, catchUp };
  return (await runTrial('events', url, parameters)).perCpuSecond;
}

function contestants(url) {
  return SHAPES.flatMap((shape) => [
    { name: engineName(shape), measure: () => measureEngine(url, shape, true) },
    { name: onTimeName(shape), measure: () => measureEngine(url, shape, false) },
    {
      name: plainName(shape),
      measure: async () => {
        const args = ['--url', url, '--connections', shape.connections, '--window', 1, '--window-ms', 1_000];
        const { acked, cpu_us } = await runClient('plain-client.mjs', args.map(String));
        return (acked * 1e6) / cpu_us;
      },
    },
  ]);
}

function tableOf(shape, results) {
  const engine = results.get(engineName(shape));
  const plain = results.get(plainName(shape));
  const onTime = results.get(onTimeName(shape));
  const ofPlain = (all) => `${(median(all) / median(plain)).toFixed(2)}×`;
  return {
    title: `Events acknowledged per second of CPU, ${shape.connections.toLocaleString('en')} connections`,
    columns: ['client', '>events per CPU second', '>of plain'],
    rows: [
      ['plain `ws` client, one in flight a connection', medianAndRange(plain, 0), '1.00×'],
      ['relay-bench, open model, late and catching up', medianAndRange(engine, 0), ofPlain(engine)],
      ['the same in short turns (what `calibrate` keeps)', medianAndRange(onTime, 0), ofPlain(onTime)],
    ],
    targets: [
      { text: `≥ ${perSecond(shape.least)}`, isMet: median(engine) >= shape.least },
      { text: 'not below the plain client', isMet: median(engine) >= median(plain) },
    ],
  };
}

const start = startOfBenchmark();
const relay = await startNullRelay();
try {
  const results = await measureInRounds(rounds, contestants(relay.url));
  const result = {
    name: 'ceiling',
    start,
    rounds,
    tables: SHAPES.map((shape) => tableOf(shape, results)),
    figures: Object.fromEntries([...results].map(([name, all]) => [`${name}: events per CPU second`, all])),
  };
  showResult(result, values.json);
} finally {
  await relay.stop();
}
