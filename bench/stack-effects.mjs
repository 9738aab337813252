// How the reference stack carries the headline load on this machine, and what its parts are worth: caches, replicas,
// relays. Each part is measured in less than five minutes and is a file of its own in bench/results/, from where it goes
// into docs/performance.md.
// node bench/stack-effects.mjs [headline|caches|replicas|relays…]: all, or the named ones

import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { startOfBenchmark } from './machine.mjs';
import { showResult, whole } from './result.mjs';
import { readClosed, runOn, withStack } from './stack-load.mjs';
import { median, rootPath, strictValidity } from './support.mjs';

const PARTS = {
  headline: measureHeadline,
  caches: measureCaches,
  replicas: measureReplicas,
  relays: measureRelays,
};

const { positionals: wanted } = parseArgs({ allowPositionals: true });
const unknown = wanted.find((name) => !Object.hasOwn(PARTS, name));
if (unknown !== undefined) throw new Error(`there is no part ${unknown}: ${Object.keys(PARTS).join(', ')}`);

const CORES = availableParallelism();
const SHARED = `all on one machine with ${CORES} cores, client and HAProxy included`;

function sumOf(values, isWanted) {
  return Object.entries(values).reduce((sum, [name, value]) => sum + (isWanted(name) ? value : 0), 0);
}

const isPostgres = (name) => name.startsWith('postgres-');
const isRelay = (name) => name.startsWith('relay-');
const cores = (value) => value.toFixed(2);

function coresOf(record) {
  return Object.fromEntries(record.components.map(({ name, cpuShare }) => [name, cpuShare]));
}

/** Of all relays together; null where a layer was never asked. */
function hitRate(record, layer) {
  const total = (key) => record.components.reduce((sum, { figures }) => sum + (figures?.[key] ?? 0), 0);
  const hits = total(`${layer}Hits_total`);
  const asked = hits + total(`${layer}Misses_total`);
  return asked === 0 ? null : hits / asked;
}

const HEADLINE_RUNS = 3;
const HEADLINE_MS = 100;
const HEADLINE_LATENCIES = ['ack', 'eose', 'delivery', 'delivery_cross'];

/** The scenario `standard` as it is, its audit included. */
async function measureHeadline() {
  const figures = [];
  for (let at = 0; at < HEADLINE_RUNS; at++) {
    const record = await withStack([], (stack) => runOn(stack, 'standard', ['--audit']));
    const summaries = HEADLINE_LATENCIES.map((name) => [name, record.metrics[`${name}_latency`]]);
    const { verdict, counters, audit, generator } = record;
    const validity = validityOf(record);
    figures.push({
      ...{ run: at + 1, latencies: Object.fromEntries(summaries), validity, verdict, counters },
      ...{ acknowledged: audit.acknowledged, lost: audit.lost.length, sendLag_us: generator.sendLag_us },
      cpu_cores: coresOf(record),
    });
  }
  const over = (read) => median(figures.map(read));
  const quantile = (name, key) => over((row) => row.latencies[name][key] / 1_000);
  const worst = Math.max(...HEADLINE_LATENCIES.map((name) => quantile(name, 'p95_us')));
  const lost = figures.reduce((sum, row) => sum + row.lost, 0);
  const acknowledged = figures.reduce((sum, row) => sum + row.acknowledged, 0);
  return {
    tables: [
      {
        title: `scenario \`standard\` through HAProxy on 3 relays: 1,000 connections, 100 events/s, 60 s; medians of ${HEADLINE_RUNS} runs`,
        columns: ['latency', '>p50, ms', '>p95, ms', '>p99, ms', '>p95 of each run, ms'],
        rows: HEADLINE_LATENCIES.map((name) => [
          name.replace('delivery_cross', 'delivery to another relay process'),
          ...['p50_us', 'p95_us', 'p99_us'].map((key) => quantile(name, key).toFixed(1)),
          figures.map((row) => (row.latencies[name].p95_us / 1_000).toFixed(1)).join(', '),
        ]),
        targets: [
          {
            text: `all p95 below ${HEADLINE_MS} ms (median of the runs; worst ${worst.toFixed(1)})`,
            isMet: worst < HEADLINE_MS,
          },
          { text: `no acknowledged event lost (${lost} of ${whole(acknowledged)})`, isMet: lost === 0 },
        ],
        notes: [
          `${SHARED}: ${cores(over((row) => sumOf(row.cpu_cores, () => true)))} cores used by the stack.`,
          ...doubts(figures),
        ],
      },
    ],
    figures,
  };
}

/** The scenario `query` at its own rate with each of the layers. */
async function measureCaches() {
  const figures = [];
  for (const cache of ['off', 'l1', 'l2']) {
    const record = await withStack(['--cache', cache], (stack) =>
      runOn(stack, 'query', ['--duration', '20s']),
    );
    const used = coresOf(record);
    figures.push({
      ...{ cache, eose_p95_ms: record.metrics.eose_latency.p95_us / 1_000, validity: validityOf(record) },
      ...{ l1HitRate: hitRate(record, 'l1'), l2HitRate: hitRate(record, 'l2') },
      ...{ postgres_cores: sumOf(used, isPostgres), relays_cores: sumOf(used, isRelay) },
      cpu_cores: used,
    });
  }
  const percent = (share) => (share === null ? 'not asked' : `${(100 * share).toFixed(0)} %`);
  return {
    tables: [
      {
        title: 'caches of the relays: scenario `query`, 60 queries/s, 20 s',
        columns: ['layers', '>L1 hits', '>L2 hits', '>eose p95, ms', '>Postgres, cores', '>relays, cores'],
        rows: figures.map((row) => [
          ...[
            { off: 'off', l1: 'L1', l2: 'L1 and L2' }[row.cache],
            percent(row.l1HitRate),
            percent(row.l2HitRate),
          ],
          ...[row.eose_p95_ms.toFixed(1), cores(row.postgres_cores), cores(row.relays_cores)],
        ]),
        targets: [],
        notes: [
          'L2 is asked what L1 does not have; what neither has is asked of Postgres.',
          ...doubts(figures),
        ],
      },
    ],
    figures,
  };
}

function validityOf({ validity, generator }) {
  return strictValidity(validity.reasons, generator.doubts);
}

/** A run that is not valid is shown with its reason, not left out. */
function doubts(figures) {
  return figures
    .filter(({ validity }) => validity.verdict !== 'valid')
    .map(({ validity, ...row }) => `INVALID (${Object.values(row)[0]}): ${validity.reasons.join('; ')}`);
}

/** As many reads as the stack answers, none from a cache, with 0, 1 and 2 replicas. */
async function measureReplicas() {
  const figures = [];
  for (const replicas of [0, 1, 2]) {
    const flags = ['--replicas', String(replicas), '--cache', 'off'];
    const read = await withStack(flags, async (stack) => {
      // Stores the events that are read.
      await runOn(stack, 'query', ['--duration', '2s', '--warmup', '1s']);
      return readClosed(stack, { warmupMs: 8_000, windowMs: 15_000 });
    });
    figures.push({ replicas, ...read });
  }
  const perSecond = ({ cpu_s, seconds }, isWanted) => sumOf(cpu_s, isWanted) / seconds;
  const isPrimary = (name) => name === 'postgres-1';
  const isReplica = (name) => isPostgres(name) && !isPrimary(name);
  return {
    tables: [
      {
        title: 'replicas of Postgres: 16 connections that ask without a pause, caches off, 15 s',
        columns: ['replicas', '>queries/s', '>primary, cores', '>primary, ms a query', '>replicas, cores'],
        rows: figures.map((row) => [
          ...[String(row.replicas), whole(row.queries_per_s), cores(perSecond(row, isPrimary))],
          ((1_000 * row.cpu_s['postgres-1']) / row.queries).toFixed(2),
          row.replicas === 0 ? '' : cores(perSecond(row, isReplica)),
        ]),
        targets: [],
        notes: [
          `${SHARED}: more replicas find no more cores here, so queries/s do not grow with them. What they take from the primary is what a machine of its own would have left for writes.`,
        ],
      },
    ],
    figures,
  };
}

/** The same load on 1, 2 and 3 relay processes. */
async function measureRelays() {
  const figures = [];
  for (const relays of [1, 2, 3]) {
    const flags = ['--duration', '20s', '--warmup', '5s', '--connections', '300'];
    const record = await withStack(['--relays', String(relays)], (stack) => runOn(stack, 'standard', flags));
    const used = coresOf(record);
    const delivered_per_s = record.counters.deliveries_received / 20;
    const busiest_cores = Math.max(
      ...Object.entries(used).flatMap(([name, n]) => (isRelay(name) ? [n] : [])),
    );
    figures.push({
      ...{
        relays,
        delivery_p95_ms: record.metrics.delivery_latency.p95_us / 1_000,
        validity: validityOf(record),
      },
      ...{ delivered_per_s, busiest_cores, all_cores: sumOf(used, isRelay), cpu_cores: used },
    });
  }
  return {
    tables: [
      {
        title: 'relay processes: 300 connections, 100 events/s to 20 subscribers each, 20 queries/s, 20 s',
        columns: [
          'relays',
          '>busiest relay, cores',
          '>all relays, cores',
          '>deliveries/s a core of the busiest',
          '>delivery p95, ms',
        ],
        rows: figures.map((row) => [
          ...[String(row.relays), cores(row.busiest_cores), cores(row.all_cores)],
          ...[whole(row.delivered_per_s / row.busiest_cores), row.delivery_p95_ms.toFixed(1)],
        ]),
        targets: [],
        notes: [
          `CPU-normalised: ${SHARED}, so three relays can't serve more than one here. Deliveries/s a core of the busiest relay say how far the stack would get with a core for each: the busiest is full first.`,
          ...doubts(figures),
        ],
      },
    ],
    figures,
  };
}

mkdirSync(rootPath('bench/results'), { recursive: true });
for (const [part, measure] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(part)) continue;
  const start = startOfBenchmark();
  const disturbed = start.busy_cores > 0.2 ? `; DISTURBED: others kept ${start.busy_cores} cores busy` : '';
  const how = `stack scaled brought up anew for each row, one measurement a row; CPU from /proc${disturbed}`;
  const result = { name: `stack-${part}`, how, start, ...(await measure()) };
  writeFileSync(rootPath(`bench/results/stack-${part}.json`), `${JSON.stringify(result, null, 2)}\n`);
  showResult(result, false);
}
