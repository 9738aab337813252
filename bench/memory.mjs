// What connections and events cost in memory: resident memory of a worker by idle connections, and the tables
// that hold prepared frames and events in flight, whose size is fixed or doubles and never follows a slow relay.
// node bench/memory.mjs [--rounds 3] [--json]

import { parseArgs } from 'node:util';
import { FrameStore } from '../dist/wire/frame-store.js';
import { PendingTable } from '../dist/wire/pending-table.js';
import { startOfBenchmark } from './machine.mjs';
import { measureInRounds, showResult, whole } from './result.mjs';
import { median, runTrial, startNullRelay } from './support.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, json: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
const CONNECTIONS = [1, 1_000, 5_000, 10_000];
const MOST_MB = 160;
/** Entries of a table that is full and has just doubled no more. */
const ENTRIES = 2 ** 17;
const FRAME_BYTES = 500;

const contestants = (url) =>
  CONNECTIONS.map((connections) => ({
    name: String(connections),
    measure: async () => {
      const { opened, rss_bytes } = await runTrial('memory', url, { connections });
      if (opened !== connections) throw new Error(`${opened} of ${connections} connections were opened`);
      return rss_bytes;
    },
  }));

/** Bytes of typed arrays that `make` keeps, for each of `count` things. */
function bytesEach(count, make) {
  const before = process.memoryUsage().arrayBuffers;
  const kept = make();
  const bytes = (process.memoryUsage().arrayBuffers - before) / count;
  return kept === null ? Number.NaN : bytes;
}

function fullTable() {
  const table = new PendingTable(ENTRIES);
  for (let i = 0; i < ENTRIES; i++) table.add(Math.imul(i, 0x9e3779b1) >>> 0, i, 0, i);
  return table;
}

function idleTable(results) {
  const base = median(results.get('1'));
  const rss = (connections) => median(results.get(String(connections)));
  return {
    title: 'Resident memory of a worker',
    columns: ['>idle connections', '>memory', '>a connection'],
    rows: CONNECTIONS.map((connections) => [
      whole(connections),
      `${(rss(connections) / 1e6).toFixed(1)} MB`,
      connections === 1 ? '–' : `${((rss(connections) - base) / connections / 1_000).toFixed(1)} kB`,
    ]),
    targets: [{ text: `10,000 idle connections in ≤ ${MOST_MB} MB`, isMet: rss(10_000) / 1e6 <= MOST_MB }],
  };
}

function partsTable({ inFlight, frame }) {
  return {
    title: 'Memory of an event',
    columns: ['while it', '>bytes'],
    rows: [
      ['is in flight: key, connection, times, deadline order', whole(inFlight)],
      [`is prepared: a frame of ${FRAME_BYTES} bytes and what is known of it`, whole(frame)],
    ],
    targets: [],
  };
}

const start = startOfBenchmark();
const parts = {
  inFlight: bytesEach(ENTRIES, fullTable),
  frame: bytesEach(10_000, () => new FrameStore(FRAME_BYTES, 10_000)),
};
const relay = await startNullRelay();
try {
  const results = await measureInRounds(rounds, contestants(relay.url));
  const figures = {
    ...Object.fromEntries([...results].map(([count, all]) => [`${count} idle connections: rss_bytes`, all])),
    'event in flight: bytes': [parts.inFlight],
    'prepared frame: bytes': [parts.frame],
  };
  showResult(
    { name: 'memory', start, rounds, tables: [idleTable(results), partsTable(parts)], figures },
    values.json,
  );
} finally {
  await relay.stop();
}
