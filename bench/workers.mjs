// What a second worker brings: acknowledged events per second of wall time and of CPU with one worker and with two,
// the same load per worker. Two workers and a relay need three free cores; where there are fewer, the workers take
// CPU from each other and from the relay, so the figure that counts is normalised: what two workers would reach with
// a core each, from what an event costs them.
// node bench/workers.mjs [--rounds 5] [--window-ms 2000] [--json]

import { parseArgs } from 'node:util';
import { startOfBenchmark } from './machine.mjs';
import { measureInRounds, medianAndRange, perSecond, showResult } from './result.mjs';
import { median, runClient, startNullRelay } from './support.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    'window-ms': { type: 'string', default: '2000' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const WORKERS = [1, 2];
const CONNECTIONS_EACH = 64;
/** Above what a core can do, so that no worker waits. */
const RATE_EACH = 250_000;
const LEAST_RATIO = 1.8;

async function measure(workers, url) {
  const result = await runClient('engine-client.mjs', [
    ...['--url', url, '--model', 'open', '--workers', String(workers)],
    ...['--connections', String(CONNECTIONS_EACH * workers), '--rate', String(RATE_EACH * workers)],
    ...['--window-ms', values['window-ms']],
  ]);
  return {
    perCpuSecond: result.acked / (result.cpu_us / 1e6),
    rate: (result.acked / result.elapsed_ms) * 1_000,
  };
}

function tableOf(results) {
  const all = (workers, key) => results.get(String(workers)).map((run) => run[key]);
  const single = median(all(1, 'perCpuSecond'));
  const perCore = (workers) => all(workers, 'perCpuSecond').map((rate) => rate * workers);
  const ratio = median(perCore(2)) / single;
  return {
    title: `Open model, ${CONNECTIONS_EACH} connections and ${RATE_EACH.toLocaleString('en')}/s offered per worker`,
    columns: ['workers', '>events/s here', '>events/s with a core each', '>of one worker'],
    rows: WORKERS.map((workers) => [
      String(workers),
      perSecond(median(all(workers, 'rate'))),
      medianAndRange(perCore(workers), 0),
      `${(median(perCore(workers)) / single).toFixed(2)}×`,
    ]),
    targets: [{ text: `two workers ≥ ${LEAST_RATIO}× one, CPU-normalised`, isMet: ratio >= LEAST_RATIO }],
  };
}

const start = startOfBenchmark();
const relay = await startNullRelay();
try {
  const results = await measureInRounds(
    rounds,
    WORKERS.map((workers) => ({ name: String(workers), measure: () => measure(workers, relay.url) })),
  );
  const figures = Object.fromEntries(
    [...results].map(([workers, runs]) => [
      `${workers} workers: events per CPU second`,
      runs.map((run) => run.perCpuSecond),
    ]),
  );
  showResult({ name: 'workers', start, rounds, tables: [tableOf(results)], figures }, values.json);
} finally {
  await relay.stop();
}
