// What the Postgres store answers how fast on this machine: twelve shapes of filters over a million events, the same
// with caches, and what the plans read. `node bench/postgres-queries.mjs [--events N] [--database URL] [--queries N]
// [--json]`. With --database nothing is loaded: the corpus is taken to be stored there.

import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { CachedStore } from '../dist/relay/cache/cached-store.js';
import { RedisLayer } from '../dist/relay/cache/redis-layer.js';
import { ensureMonths } from '../dist/relay/store/postgres/partitions.js';
import { PostgresStore } from '../dist/relay/store/postgres/postgres-store.js';
import { toStoredEvent } from '../dist/relay/store/stored-event.js';
import { startOfBenchmark } from './machine.mjs';
import { plansOf } from './postgres-plans.mjs';
import { addAll, corpusDir, cpuOfServer, DAY_S, readCorpus, startServers } from './postgres-support.mjs';
import { queryShapes, seededRandom } from './query-shapes.mjs';
import { showResult, whole } from './result.mjs';

const { startTestRedis } = await import('../test/support/redis.ts');

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    queries: { type: 'string', default: '200' },
    database: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const EVENTS = Number(flags.events);
const QUERIES = Number(flags.queries);
const IN_FLIGHT = 4_000;
const SAMPLE_SHARE = 0.02;
const TARGET_MS = 30;
/** All that is asked for fits. */
const SHARED_BUFFERS = '4GB';
/** Filters of the cache table: each is asked by so many clients, one after the other. */
const HOT_FILTERS = 4;
const ASKED_BY = 25;
const onError = (error) => process.stderr.write(`${error}\n`);

function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Times of queries, and how much of the server's CPU they took. */
async function timed(ask, filters, pid) {
  const times = [];
  let rows = 0;
  const cpu = cpuOfServer(pid);
  for (const filter of filters) {
    const startedMs = performance.now();
    rows += (await ask([filter])).length;
    times.push(performance.now() - startedMs);
  }
  const server_ms = (cpuOfServer(pid) - cpu) / 1_000 / filters.length;
  times.sort((a, b) => a - b);
  const [p50_ms, p95_ms] = [percentile(times, 0.5), percentile(times, 0.95)];
  return { p50_ms, p95_ms, server_ms, rows: rows / filters.length };
}

async function timeShapes(store, shapes, pid) {
  const results = [];
  for (const [name, next] of Object.entries(shapes)) {
    process.stderr.write(`${name}\n`);
    const ask = (filters) => store.query(filters);
    const filters = Array.from({ length: QUERIES }, next);
    // Warm: the same was asked before, so that what is read is in memory, and known to the process that reads.
    await timed(ask, filters, pid);
    results.push({ name, ...(await timed(ask, filters, pid)) });
  }
  return results;
}

/** The same filters asked again and again, by a relay without a cache, with the first layer, with both. */
async function timeCaches(store, { shapes, nowSeconds, pid }) {
  const redis = await startTestRedis();
  const layer = new RedisLayer({ nodes: [`127.0.0.1:${redis.port}`], onError });
  layer.beginEpoch('0');
  try {
    const hot = Object.values(shapes).flatMap((next) => Array.from({ length: HOT_FILTERS }, next));
    const filters = Array.from({ length: ASKED_BY }, () => hot).flat();
    const withRedis = () => new CachedStore({ store, secondLayer: layer, nowSeconds });
    // A process that starts with an empty first layer finds what another one has left in the second.
    for (const filter of hot) await withRedis().query([filter]);
    const stores = [
      ['none', store],
      ['first', new CachedStore({ store, secondLayer: null, nowSeconds })],
      ['both', withRedis()],
    ];
    const results = [];
    for (const [layers, asked] of stores) {
      const times = await timed((wanted) => asked.query(wanted), filters, pid);
      const rate = (which) => asked.stats?.hitRate(which) ?? null;
      results.push({ layers, ...times, l1_hit_rate: rate('l1'), l2_hit_rate: rate('l2') });
    }
    return results;
  } finally {
    await layer.close();
    await redis.stop();
  }
}

function sampleOf(dir) {
  const random = seededRandom(1);
  const sample = [];
  for (const { event } of readCorpus(dir, EVENTS)) if (random() < SAMPLE_SHARE) sample.push(event);
  return sample;
}

/** The process of the server that `store` writes to: the parent of its own processes. */
async function serverPid(store) {
  const { rows } = await store.servers.primary.query(
    "select pid from pg_stat_activity where backend_type = 'checkpointer'",
  );
  const stat = readFileSync(`/proc/${rows[0].pid}/stat`, 'latin1');
  return Number(stat.slice(stat.lastIndexOf(') ') + 2).split(' ')[1]);
}

async function load(store, dir, times) {
  const client = await store.servers.primary.connect();
  try {
    await ensureMonths(client, times.oldest - DAY_S, times.newest + DAY_S);
  } finally {
    client.release();
  }
  const add = ({ event, line }) => store.add(toStoredEvent(event, line));
  await addAll(readCorpus(dir, EVENTS), add, IN_FLIGHT);
}

async function measure(url, { dir, sample, isLoaded }) {
  const [oldest, newest] = [Math.min, Math.max].map((pick) =>
    sample.reduce((second, { created_at }) => pick(second, created_at), sample[0].created_at),
  );
  const nowSeconds = () => newest;
  const store = new PostgresStore({ url, replicaUrls: [], nowSeconds, log: onError });
  try {
    await store.open();
    if (!isLoaded) await load(store, dir, { oldest, newest });
    const pid = await serverPid(store);
    const shapes = queryShapes(sample, seededRandom(2));
    const plans = await plansOf(url, { sample, newest });
    const times = await timeShapes(store, shapes, pid);
    return { times, plans, caches: await timeCaches(store, { shapes, nowSeconds, pid }) };
  } finally {
    await store.close();
  }
}

function tables({ times, plans, caches }) {
  const ms = (value) => value.toFixed(1);
  const percent = (share) => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);
  return [
    {
      title: `Queries over ${whole(EVENTS)} events, one at a time, warm`,
      columns: ['shape', '>p50 ms', '>p95 ms', '>server CPU ms', '>events'],
      rows: times.map(({ name, ...f }) => [
        name,
        ...[f.p50_ms, f.p95_ms, f.server_ms].map(ms),
        f.rows.toFixed(0),
      ]),
      targets: [
        {
          text: `p95 of each shape < ${TARGET_MS} ms`,
          isMet: times.every(({ p95_ms }) => p95_ms < TARGET_MS),
        },
      ],
    },
    {
      title: `Cache: ${HOT_FILTERS} filters of each shape, each asked ${ASKED_BY} times`,
      columns: [
        'layers',
        '>p50 ms',
        '>p95 ms',
        '>Postgres CPU ms a query',
        '>hits of first',
        '>hits of second',
      ],
      rows: caches.map((f) => [
        f.layers,
        f.p50_ms.toFixed(2),
        ms(f.p95_ms),
        f.server_ms.toFixed(2),
        percent(f.l1_hit_rate),
        percent(f.l2_hit_rate),
      ]),
      targets: [],
      notes: ['the second layer holds single events only: it is asked for ids and addresses'],
    },
    {
      title: 'What EXPLAIN (ANALYZE) says is read',
      columns: ['statement', '>partitions', 'by', '>rows from the heap'],
      rows: plans.map(({ statement, partitions, of, nodes, heap_fetches }) => [
        statement,
        `${partitions} of ${of}`,
        nodes.join(', '),
        heap_fetches === null ? '–' : whole(heap_fetches),
      ]),
      targets: [],
    },
  ];
}

function memoryOf(servers) {
  return servers === null ? 'in a database that was there' : `shared_buffers ${SHARED_BUFFERS}`;
}

async function main() {
  const start = startOfBenchmark();
  const dir = await corpusDir('social', EVENTS);
  const sample = sampleOf(dir);
  const servers =
    flags.database === undefined ? await startServers(0, [`shared_buffers=${SHARED_BUFFERS}`]) : null;
  try {
    const url = servers?.primary.url ?? flags.database;
    const figures = await measure(url, { dir, sample, isLoaded: servers === null });
    const how = `social corpus, ${QUERIES} filters of each shape through the store of a relay, each asked once before; ${memoryOf(servers)}; others kept ${start.busy_cores} cores busy at the start`;
    showResult({ name: 'postgres-queries', start, how, tables: tables(figures), figures }, flags.json);
  } finally {
    await servers?.stop();
  }
}

await main();
