// What the Postgres store of the reference relay does on this machine: events stored per second with replicas, twelve
// shapes of queries over a million events, the same with caches. `npm run bench:postgres -- [--events N] [--replicas N]
// [--corpus DIR] [--database URL] [--queries N] [--json]`. Events are stored by the way that the relay stores them, so
// that loading them is the measurement. With --database nothing is loaded: what is stored there is asked.

import { createReadStream } from 'node:fs';
import { register } from 'node:module';
import { loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { CachedStore } from '../dist/relay/cache/cached-store.js';
import { RedisLayer } from '../dist/relay/cache/redis-layer.js';
import { ensureMonths } from '../dist/relay/store/postgres/partitions.js';
import { PostgresStore } from '../dist/relay/store/postgres/postgres-store.js';
import { toStoredEvent } from '../dist/relay/store/stored-event.js';
import { queryShapes, seededRandom } from './query-shapes.mjs';
import { showResult } from './result.mjs';

register('../test/support/ts-hooks.mjs', import.meta.url);
const { startTestPostgres, withClient } = await import('../test/support/postgres.ts');
const { startTestRedis } = await import('../test/support/redis.ts');

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    replicas: { type: 'string', default: '2' },
    queries: { type: 'string', default: '200' },
    corpus: { type: 'string' },
    database: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const EVENTS = Number(flags.events);
const QUERIES = Number(flags.queries);
/** Events handed to the store and not answered yet: as many as a few hundred publishers have. */
const IN_FLIGHT = 2_000;
const SAMPLE_SHARE = 0.02;
/** Filters of the cache table: each is asked by this many clients, one after the other. */
const HOT_FILTERS = 2;
const ASKED_BY = 10;
const INGEST_TARGET_PER_S = 8_000;
const QUERY_TARGET_MS = 30;
const SETTINGS = ['fsync=on', 'shared_buffers=1GB', 'max_wal_size=8GB', 'checkpoint_timeout=15min'];
const DAY_S = 86_400;
const onError = (error) => process.stderr.write(`${error}\n`);

/** The events of the corpus that a relay stores, at most `EVENTS`. */
async function* readCorpus(dir) {
  let count = 0;
  for await (const line of createInterface({ input: createReadStream(`${dir}/events.jsonl`) })) {
    const event = JSON.parse(line);
    if (event.kind >= 20_000 && event.kind < 30_000) continue;
    yield { event, line };
    if (++count >= EVENTS) return;
  }
}

function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Stores the corpus through the store of a relay; returns events per second. */
async function ingest(store, dir) {
  const inFlight = new Set();
  let count = 0;
  const startedMs = performance.now();
  for await (const { event, line } of readCorpus(dir)) {
    const added = store.add(toStoredEvent(event, line)).then(() => inFlight.delete(added));
    inFlight.add(added);
    count++;
    if (count % 50_000 === 0) process.stderr.write(`${count} events stored\n`);
    if (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight);
  }
  await Promise.all(inFlight);
  return count / ((performance.now() - startedMs) / 1_000);
}

async function timeShape(store, next) {
  for (let i = 0; i < 10; i++) await store.query([next()]);
  const times = [];
  let rows = 0;
  for (let i = 0; i < QUERIES; i++) {
    const filter = next();
    const startedMs = performance.now();
    rows += (await store.query([filter])).length;
    times.push(performance.now() - startedMs);
  }
  times.sort((a, b) => a - b);
  return { p50_ms: percentile(times, 0.5), p95_ms: percentile(times, 0.95), rows: rows / QUERIES };
}

/** Mean time of a query where the same filters are asked again and again. */
async function timeHot(store, filters) {
  const startedMs = performance.now();
  for (let i = 0; i < ASKED_BY; i++) for (const filter of filters) await store.query([filter]);
  return (performance.now() - startedMs) / (ASKED_BY * filters.length);
}

async function measureCaches(store, nowSeconds, shapes) {
  const redis = await startTestRedis();
  const layer = new RedisLayer({ nodes: [`127.0.0.1:${redis.port}`], onError });
  try {
    const filters = Object.values(shapes).flatMap((next) => Array.from({ length: HOT_FILTERS }, next));
    const withRedis = () => new CachedStore({ store, secondLayer: layer, nowSeconds });
    // A process that starts with an empty first layer finds what another one has left in the second.
    for (const filter of filters) await withRedis().query([filter]);
    const results = [
      ['off', store],
      ['l1', new CachedStore({ store, secondLayer: null, nowSeconds })],
      ['l2', withRedis()],
    ];
    const rows = [];
    for (const [name, cached] of results) {
      const mean_ms = await timeHot(cached, filters);
      const rate = (which) => cached.stats?.hitRate(which) ?? null;
      rows.push({ cache: name, mean_ms, l1HitRate: rate('l1'), l2HitRate: rate('l2') });
    }
    return rows;
  } finally {
    await layer.close();
    await redis.stop();
  }
}

async function sampleOf(dir) {
  const random = seededRandom(1);
  const sample = [];
  for await (const { event } of readCorpus(dir)) if (random() < SAMPLE_SHARE) sample.push(event);
  return sample;
}

function tables({ rate, shapes, caches }) {
  const percent = (share) => (share === null ? '' : `${(100 * share).toFixed(1)} %`);
  const slow = shapes.filter(({ p95_ms }) => p95_ms >= QUERY_TARGET_MS).map(({ name }) => name);
  const ingestTable = {
    title: `events stored, ${flags.replicas} replicas`,
    columns: ['way', '>events/s'],
    rows: [['group commit of one relay', rate === null ? '' : Math.round(rate).toLocaleString('en-US')]],
    targets: [{ text: `${INGEST_TARGET_PER_S} events/s`, isMet: (rate ?? 0) >= INGEST_TARGET_PER_S }],
  };
  return [
    ...(rate === null ? [] : [ingestTable]),
    {
      title: `queries over ${EVENTS.toLocaleString('en-US')} events, warm, ${QUERIES} of each shape`,
      columns: ['shape', '>p50 ms', '>p95 ms', '>events'],
      rows: shapes.map(({ name, p50_ms, p95_ms, rows }) => [
        name,
        p50_ms.toFixed(1),
        p95_ms.toFixed(1),
        rows.toFixed(0),
      ]),
      targets: [{ text: `p95 below ${QUERY_TARGET_MS} ms for every shape`, isMet: slow.length === 0 }],
    },
    {
      title: `cache: ${HOT_FILTERS} filters of each shape, each asked ${ASKED_BY} times`,
      columns: ['layers', '>mean ms', '>L1 hits', '>L2 hits'],
      rows: caches.map(({ cache, mean_ms, l1HitRate, l2HitRate }) => [
        cache,
        mean_ms.toFixed(2),
        percent(l1HitRate),
        percent(l2HitRate),
      ]),
      targets: [],
    },
  ];
}

async function main() {
  if (flags.corpus === undefined)
    throw new Error('--corpus DIR: make one with `relay-bench corpus generate`');
  const cleanUps = [];
  const startLoad = loadavg()[0];
  try {
    const sample = await sampleOf(flags.corpus);
    const [oldest, newest] = [Math.min, Math.max].map((pick) =>
      sample.reduce((second, { created_at }) => pick(second, created_at), sample[0].created_at),
    );
    const nowSeconds = () => newest;
    let url = flags.database;
    const replicaUrls = [];
    if (url === undefined) {
      const primary = await startTestPostgres(SETTINGS);
      cleanUps.push(() => primary.stop());
      url = primary.url;
      for (let i = 0; i < Number(flags.replicas); i++) {
        const replica = await primary.addReplica();
        cleanUps.push(() => replica.stop());
        replicaUrls.push(replica.url);
      }
    }
    const store = await PostgresStore.open({ url, replicaUrls, nowSeconds, onError });
    cleanUps.push(() => store.close());
    await withClient(url, (client) => ensureMonths(client, oldest - DAY_S, newest + DAY_S));
    const rate = flags.database === undefined ? await ingest(store, flags.corpus) : null;
    await withClient(url, (client) => client.query('vacuum analyze event, tag, search'));
    const shapes = queryShapes(sample, seededRandom(2));
    const timed = [];
    for (const [name, next] of Object.entries(shapes)) {
      process.stderr.write(`${name}\n`);
      timed.push({ name, ...(await timeShape(store, next)) });
    }
    const caches = await measureCaches(store, nowSeconds, shapes);
    const figures = { ingest_per_s: rate, shapes: timed, caches };
    const how = `one process asks; load average ${startLoad.toFixed(1)} at the start, ${loadavg()[0].toFixed(1)} at the end`;
    showResult(
      { name: 'postgres', how, tables: tables({ rate, shapes: timed, caches }), figures },
      flags.json,
    );
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
}

await main();
