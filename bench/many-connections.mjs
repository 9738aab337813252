// 30,000 connections over two workers, held for a minute: are all opened, is any lost, what do they cost? A null
// relay is one process with 20,000 descriptors at most, so there are two of them. All connections take turns
// publishing, so that every one is used several times. Three rounds would be five minutes: one is the default.
// node bench/many-connections.mjs [--count 30000] [--seconds 60] [--rate 2000] [--rounds 1] [--json]

import { parseArgs } from 'node:util';
import { runPlan } from '../dist/engine/coordinator.js';
import { buildPlan } from '../dist/plan/build-plan.js';
import { scenarioSchema } from '../dist/scenario/schema.js';
import { startOfBenchmark } from './machine.mjs';
import { showResult, whole } from './result.mjs';
import { median, startNullRelay } from './support.mjs';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '30000' },
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const WORKERS = 2;
const [count, seconds, rounds] = [Number(values.count), Number(values.seconds), Number(values.rounds)];

async function hold(relays) {
  const plan = buildPlan({
    scenario: scenarioSchema.parse({
      name: 'many-connections',
      description: 'many connections, each used now and then',
      connections: { count, rate: '2000/s' },
      workloads: { publish: { rate: `${values.rate}/s` } },
      phases: [{ name: 'hold', duration: `${seconds}s` }],
    }),
    targets: relays.map(({ url }) => url),
    cores: 2,
    overrides: { workers: WORKERS, noDefaultGates: true },
  });
  const result = await runPlan({
    plan,
    signal: new AbortController().signal,
    onProgress: (event) => {
      if (event.type === 'interval' && event.row.t % 10 === 0) {
        process.stderr.write(`${event.row.t} s: ${event.row.connections} connections\n`);
      }
    },
  });
  const { connections } = result.load;
  const open = result.intervals.filter((row) => row.phase === 'hold').map((row) => row.connections);
  return {
    ...connections,
    leastOpen: Math.min(...open),
    secondsHeld: open.length,
    acked: result.counters.events_accepted,
    sent: result.counters.events_sent,
    rss_bytes: result.generator.rssMax_bytes,
    connectP95_us: result.histograms.get('connect_latency')?.percentile(95) ?? null,
  };
}

function tableOf(runs) {
  const of = (key) => median(runs.map((run) => run[key]));
  const isHeld = runs.every(
    (run) =>
      run.opened === count &&
      run.failed === 0 &&
      run.dropped === 0 &&
      run.leastOpen === count &&
      run.acked === run.sent,
  );
  return {
    title: `${whole(count)} connections, ${WORKERS} workers, two null relays`,
    columns: [
      'opened',
      '>failed',
      '>lost',
      '>fewest open',
      '>held',
      '>acknowledged',
      '>RSS of the largest worker',
    ],
    rows: [
      [
        whole(of('opened')),
        whole(of('failed')),
        whole(of('dropped')),
        whole(of('leastOpen')),
        `${of('secondsHeld')} s`,
        `${whole(of('acked'))} of ${whole(of('sent'))}`,
        `${whole(of('rss_bytes') / 1e6)} MB`,
      ],
    ],
    targets: [{ text: `all open, held ${seconds} s, none lost, every event acknowledged`, isMet: isHeld }],
  };
}

const start = startOfBenchmark();
const relays = [];
try {
  for (let relay = 0; relay < WORKERS; relay++) relays.push(await startNullRelay());
  const runs = [];
  for (let round = 0; round < rounds; round++) runs.push(await hold(relays));
  const figures = Object.fromEntries(
    ['opened', 'dropped', 'leastOpen', 'rss_bytes', 'connectP95_us'].map((key) => [
      key,
      runs.map((run) => run[key]),
    ]),
  );
  showResult({ name: 'many-connections', start, rounds, tables: [tableOf(runs)], figures }, values.json);
} finally {
  await Promise.all(relays.map((relay) => relay.stop()));
}
