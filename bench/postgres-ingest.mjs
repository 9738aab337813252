// How many events per second one relay process stores in Postgres with streaming replicas, all on this machine, and
// which process computes how long for an event. `node bench/postgres-ingest.mjs [--events N] [--replicas N] [--profile NAME]…
// [--set NAME=VALUE]… [--sql STATEMENT]… [--rounds N] [--json]`. Events are stored by the way of a relay, verification left out: rows are
// committed and on disk when they count. With --set the servers have other settings, with --sql the tables are changed
// before: to see what a setting or an index is worth.

import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { parseLsn } from '../dist/relay/store/postgres/lsn.js';
import { ensureMonths } from '../dist/relay/store/postgres/partitions.js';
import { PostgresStore } from '../dist/relay/store/postgres/postgres-store.js';
import { toStoredEvent } from '../dist/relay/store/stored-event.js';
import { startOfBenchmark } from './machine.mjs';
import { addAll, corpusDir, cpuOfServer, DAY_S, readCorpus, startServers } from './postgres-support.mjs';
import { showResult, whole } from './result.mjs';

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '100000' },
    replicas: { type: 'string', default: '2' },
    profile: { type: 'string', multiple: true, default: ['uniform', 'social'] },
    set: { type: 'string', multiple: true, default: [] },
    sql: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
const EVENTS = Number(flags.events);
const REPLICAS = Number(flags.replicas);
const ROUNDS = Number(flags.rounds);
/** Events handed to the store and not answered yet: as many as a few thousand publishers have. */
const IN_FLIGHT = 2_000;
const TARGET_PER_S = 8_000;
const SHARED_BUFFERS = '1GB';

/** The seconds between which the events of a corpus lie, roughly: it is read in part. */
function timesOf(dir) {
  let [oldest, newest] = [Number.POSITIVE_INFINITY, 0];
  for (const { event } of readCorpus(dir, EVENTS)) {
    oldest = Math.min(oldest, event.created_at);
    newest = Math.max(newest, event.created_at);
  }
  return { oldest, newest };
}

async function ingest(profile) {
  const dir = await corpusDir(profile, EVENTS);
  const { oldest, newest } = timesOf(dir);
  const { primary, replicas, stop } = await startServers(REPLICAS, [
    `shared_buffers=${SHARED_BUFFERS}`,
    ...flags.set,
  ]);
  try {
    const store = new PostgresStore({
      url: primary.url,
      replicaUrls: replicas.map(({ url }) => url),
      nowSeconds: () => newest,
      log: (text) => process.stderr.write(`${text}\n`),
    });
    try {
      await store.open();
      await prepare(store, oldest, newest);
      return await measure(store, dir, { primary, replicas });
    } finally {
      await store.close();
    }
  } finally {
    await stop();
  }
}

async function prepare(store, oldest, newest) {
  const client = await store.servers.primary.connect();
  try {
    await ensureMonths(client, oldest - DAY_S, newest + DAY_S);
    for (const statement of flags.sql) await client.query(statement);
  } finally {
    client.release();
  }
}

async function measure(store, dir, { primary, replicas }) {
  const figures = { events: 0, tags: 0, bytes: 0, batches: 0 };
  store.onBatch = () => figures.batches++;
  const add = ({ event, line }) => {
    const stored = toStoredEvent(event, line);
    figures.events++;
    figures.tags += stored.tags.length;
    figures.bytes += line.length;
    return store.add(stored);
  };
  const cpu = () => {
    const { user, system } = process.cpuUsage();
    const [first, ...others] = [primary, ...replicas].map(({ pid }) => cpuOfServer(pid));
    return { relay: user + system, primary: first, replicas: others.reduce((sum, time) => sum + time, 0) };
  };
  const [before, lsn, startedMs] = [cpu(), await walPosition(store), performance.now()];
  await addAll(readCorpus(dir, EVENTS), add, IN_FLIGHT);
  const seconds = (performance.now() - startedMs) / 1_000;
  const after = cpu();
  const { events, tags, bytes, batches } = figures;
  return {
    events_per_s: events / seconds,
    tags_per_event: tags / events,
    json_bytes: bytes / events,
    events_per_batch: events / batches,
    wal_bytes: ((await walPosition(store)) - lsn) / events,
    relay_us: (after.relay - before.relay) / events,
    primary_us: (after.primary - before.primary) / events,
    replicas_us: (after.replicas - before.replicas) / events,
  };
}

async function walPosition(store) {
  const { rows } = await store.servers.primary.query('select pg_current_wal_lsn()::text as lsn');
  return parseLsn(rows[0].lsn);
}

function tables(results) {
  const columns = ['corpus', '>bytes', '>tags', '>events/s', '>events a commit', '>bytes of log'];
  const rows = results.map(([profile, f]) => [
    profile,
    whole(f.json_bytes),
    f.tags_per_event.toFixed(1),
    whole(f.events_per_s),
    whole(f.events_per_batch),
    whole(f.wal_bytes),
  ]);
  const targets = results.map(([profile, { events_per_s }]) => ({
    text: `${profile}: ≥ ${whole(TARGET_PER_S)}/s`,
    isMet: events_per_s >= TARGET_PER_S,
  }));
  const costs = results.map(([profile, f]) => [
    profile,
    ...[f.relay_us, f.primary_us, f.replicas_us, f.relay_us + f.primary_us + f.replicas_us].map(whole),
  ]);
  const title = `Events committed by one relay process, ${REPLICAS} streaming replicas, all on this machine`;
  return [
    { title, columns, rows, targets },
    {
      title: 'CPU of an event, µs',
      columns: ['corpus', '>relay process', '>primary', `>${REPLICAS} replicas`, '>together'],
      rows: costs,
      targets: [],
      notes: ['the relay process also reads and parses the corpus; it verifies nothing here'],
    },
  ];
}

/** The round of the middle rate: its figures belong together. */
function middle(rounds) {
  return rounds.toSorted((a, b) => a.events_per_s - b.events_per_s)[Math.floor(rounds.length / 2)];
}

const start = startOfBenchmark();
/** @type {Map<string, Awaited<ReturnType<typeof ingest>>[]>} */
const rounds = new Map(flags.profile.map((profile) => [profile, []]));
for (let round = 1; round <= ROUNDS; round++) {
  for (const [profile, done] of rounds) {
    process.stderr.write(`round ${round}/${ROUNDS}: ${profile}\n`);
    done.push(await ingest(profile));
  }
}
const results = [...rounds].map(([profile, done]) => [profile, middle(done)]);
const how = `${whole(EVENTS)} events of each corpus, the round of the middle rate of ${ROUNDS}; ${whole(IN_FLIGHT)} in flight, fsync and synchronous_commit on, ${[`shared_buffers ${SHARED_BUFFERS}`, ...flags.set, ...flags.sql].join(', ')}; others kept ${start.busy_cores} cores busy at the start`;
showResult(
  {
    name: 'postgres-ingest',
    start,
    how,
    tables: tables(results),
    figures: Object.fromEntries(results),
    rounds: Object.fromEntries(rounds),
  },
  flags.json,
);
