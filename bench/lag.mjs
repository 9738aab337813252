// How late the generator is, and what being on time costs, by scheduler and rate: 64 connections, open model. The
// worker is not pinned, as in a run: on one core its own threads (compiler, garbage collector) would take turns with it.
// node bench/lag.mjs [--rounds 5] [--json]

import { parseArgs } from 'node:util';
import { startOfBenchmark } from './machine.mjs';
import { measureInRounds, showResult } from './result.mjs';
import { median, runTrial, startNullRelay } from './support.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
const RATES = [1_000, 10_000, 50_000];
const SCHEDULERS = ['precise', 'cheap', 'spin'];
const TARGET = { scheduler: 'precise', rate: 10_000, most_us: 600 };

const contestants = (url) =>
  SCHEDULERS.map((scheduler) => ({
    name: scheduler,
    measure: () => runTrial('lag', url, { scheduler, connections: 64, rates: RATES }, null),
  }));

/** One figure of a scheduler at a rate, every round. */
const figuresOf = (results, scheduler, rate, key) =>
  results.get(scheduler).map((round) => round.find((each) => each.rate === rate)[key]);

function duration(us) {
  return us < 1_000 ? `${Math.round(us)} µs` : `${(us / 1_000).toPrecision(3)} ms`;
}

function tableOf(results) {
  const rows = SCHEDULERS.flatMap((scheduler) =>
    RATES.map((rate) => {
      const of = (key) => median(figuresOf(results, scheduler, rate, key));
      const cores = `${of('cpu_cores').toFixed(2)} cores`;
      return [
        scheduler,
        `${rate.toLocaleString('en')}/s`,
        duration(of('p50_us')),
        duration(of('p99_us')),
        cores,
      ];
    }),
  );
  const p99_us = median(figuresOf(results, TARGET.scheduler, TARGET.rate, 'p99_us'));
  return {
    title: 'Send lag by scheduler',
    columns: ['scheduler', '>offered', '>lag p50', '>lag p99', '>CPU'],
    rows,
    targets: [{ text: 'precise at 10,000/s: p99 ≤ 0.6 ms', isMet: p99_us <= TARGET.most_us }],
  };
}

const start = startOfBenchmark();
const relay = await startNullRelay();
try {
  const results = await measureInRounds(rounds, contestants(relay.url));
  const figures = Object.fromEntries(
    SCHEDULERS.flatMap((scheduler) =>
      RATES.flatMap((rate) =>
        ['p50_us', 'p99_us', 'cpu_cores'].map((key) => [
          `${scheduler} at ${rate}/s: ${key}`,
          figuresOf(results, scheduler, rate, key),
        ]),
      ),
    ),
  );
  const cores = 'worker and coordinator not pinned, null relay on core 1';
  showResult({ name: 'lag', start, rounds, cores, tables: [tableOf(results)], figures }, values.json);
} finally {
  await relay.stop();
}
