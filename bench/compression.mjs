// What permessage-deflate costs the reference relay in CPU, and what it saves in bytes: events that come in, live events that go
// out to many readers, pages of stored events. With and without it, one after the other in each round; the relay is pinned to
// one core and this client to another, and nothing is verified.
// node bench/compression.mjs [--rounds 5] [--scale 1] [--json]

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateCorpus } from '../dist/corpus/generate/generate-corpus.js';
import { DEFAULT_BASE_TIME_S } from '../dist/corpus/spec.js';
import { startEmbeddedRelay } from '../dist/stack/embedded-relay.js';
import { startOfBenchmark } from './machine.mjs';
import { deflatedFrame, frame, open, publishAll, publisherOf, resolvers } from './relay-load.mjs';
import { measureInRounds, medianAndRange, showResult, whole } from './result.mjs';
import { canPin, cpuOf, median } from './support.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    scale: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const SCALE = Number(values.scale);
const RELAY_CORE = 0;
const CLIENT_CORE = 1;
/** Sent before measuring, so that the relay's code is compiled: a cost of the first seconds only. */
const WARM_UP_SHARE = 0.25;
const INGESTED = 40_000 * SCALE;
const SUBSCRIBERS = 100;
const DELIVERED = 4_000 * SCALE;
const PER_BATCH = 10;
const PAGE = 100;
const PAGES = 400 * SCALE;
/** Kinds that are stored whatever else is there: notes, reposts, reactions. */
const KINDS = [1, 6, 7];
const EOSE = '["EOSE"';

function pin(pid, core) {
  if (canPinHere) spawnSync('taskset', ['-acp', String(core), String(pid)]);
}

async function withRelay(measure) {
  const relay = await startEmbeddedRelay({ args: ['--no-verify', '--compression'] });
  try {
    pin(relay.pid, RELAY_CORE);
    return await measure(relay);
  } finally {
    await relay.stop();
  }
}

/** Messages of events, of which each is published once. */
function messagesOf(file, count) {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const events = lines.filter((line) => KINDS.includes(JSON.parse(line).kind)).slice(0, count);
  if (events.length < count) throw new Error(`the corpus has only ${events.length} events of kinds ${KINDS}`);
  return events.map((line) => `["EVENT",${line}]`);
}

const framesOf = (texts, compresses) => texts.map(compresses ? deflatedFrame : frame);
const bytesOf = (frames) => frames.reduce((sum, { length }) => sum + length, 0);

/** CPU time of the relay and bytes that came to it, an event that is stored. */
function measureIngest(compresses) {
  const warmUp = INGESTED * WARM_UP_SHARE;
  const frames = framesOf(messages.slice(0, warmUp + INGESTED), compresses);
  return withRelay(async (relay) => {
    await publishAll(relay, frames.slice(0, warmUp), compresses);
    const before = cpuOf(relay.pid);
    await publishAll(relay, frames.slice(warmUp), compresses);
    return {
      cpu_us: (cpuOf(relay.pid) - before) / INGESTED,
      bytes: bytesOf(frames.slice(warmUp)) / INGESTED,
    };
  });
}

/** CPU time of the relay and bytes that it sends, a live event at a subscriber. */
function measureFanOut(compresses) {
  return withRelay(async (relay) => {
    const readers = [];
    for (let i = 0; i < SUBSCRIBERS; i++) {
      const reader = await openReader(relay, compresses);
      await reader.ask(['REQ', 'live', { kinds: KINDS, limit: 0 }]);
      readers.push(reader);
    }
    const publish = await publisherOf(relay);
    const warmUp = DELIVERED * WARM_UP_SHARE;
    // The publisher is the same for both: what it costs is not the subject.
    await publishInBatches(publish, messages.slice(0, warmUp));
    // What was sent before an answer is there when the answer is.
    const settled = () =>
      Promise.all(readers.map(({ ask }) => ask(['REQ', 'end', { kinds: [9_999], limit: 1 }])));
    await settled();
    const [cpu, read] = [cpuOf(relay.pid), bytesRead(readers)];
    await publishInBatches(publish, messages.slice(warmUp, warmUp + DELIVERED));
    await settled();
    const [used, bytes] = [cpuOf(relay.pid) - cpu, bytesRead(readers) - read];
    const deliveries = SUBSCRIBERS * DELIVERED;
    return { cpu_us: used / deliveries, bytes: bytes / deliveries };
  });
}

async function publishInBatches(publish, texts) {
  for (let at = 0; at < texts.length; at += PER_BATCH) {
    await publish(framesOf(texts.slice(at, at + PER_BATCH), false));
  }
}

/** A connection on which one question is asked after the other; EOSE is too short to be compressed. */
async function openReader(relay, compresses) {
  let tail = '';
  let onEose = () => undefined;
  const socket = await open(
    relay,
    (data) => {
      const text = tail + data.toString('latin1');
      tail = text.slice(-(EOSE.length - 1));
      if (!text.includes(EOSE)) return;
      tail = '';
      onEose();
    },
    compresses,
  );
  const ask = (message) => {
    const answered = resolvers();
    onEose = answered.resolve;
    socket.write(frame(JSON.stringify(message)));
    return answered.promise;
  };
  return { socket, ask };
}

const bytesRead = (readers) => readers.reduce((sum, { socket }) => sum + socket.bytesRead, 0);

/** The same pages again and again, as many clients ask for the newest. */
const samePages = (index) => ({ kinds: [KINDS[index % KINDS.length]], limit: PAGE });

/** Pages back in time: every event is sent once. */
const olderPages = (index) => ({ kinds: KINDS, until: times[(index * PAGE) % times.length], limit: PAGE });

/** CPU time of the relay and bytes that it sends, a stored event in a page. */
function measurePages(compresses, filterOf) {
  return withRelay(async (relay) => {
    await publishAll(relay, framesOf(messages, false));
    const { socket, ask } = await openReader(relay, compresses);
    // Each takes the place of the one before it. Those that warm up lie at the end.
    const page = (index) => ask(['REQ', 'page', filterOf(index)]);
    for (let i = 0; i < PAGES * WARM_UP_SHARE; i++) await page(PAGES + i);
    const [cpu, read] = [cpuOf(relay.pid), socket.bytesRead];
    for (let i = 0; i < PAGES; i++) await page(i);
    const [used, bytes] = [cpuOf(relay.pid) - cpu, socket.bytesRead - read];
    return { cpu_us: used / (PAGES * PAGE), bytes: bytes / (PAGES * PAGE) };
  });
}

const MEASURES = [
  { what: `events in: EVENT→OK, stored, ${whole(INGESTED)} of them`, measure: measureIngest },
  { what: `events out, live: each to ${SUBSCRIBERS} readers`, measure: measureFanOut },
  {
    what: `events out, stored: the same three pages of ${PAGE}`,
    measure: (compresses) => measurePages(compresses, samePages),
  },
  {
    what: `events out, stored: pages of ${PAGE}, each event once`,
    measure: (compresses) => measurePages(compresses, olderPages),
  },
];
const WAYS = /** @type {const} */ (['plain', 'compressed']);
const nameOf = (what, way) => `${what}, ${way}`;

function tablesOf(results) {
  const of = (what, way, key) => results.get(nameOf(what, way)).map((run) => run[key]);
  const factor = (what, key) => {
    const [plain, compressed] = WAYS.map((way) => of(what, way, key));
    return median(compressed.map((value, round) => value / plain[round]));
  };
  return [
    {
      title: 'What compression costs the relay, and what it saves, a message',
      columns: [
        'measure',
        '>µs CPU plain',
        '>µs CPU compressed',
        '>CPU in the same round',
        '>bytes plain',
        '>bytes compressed',
        '>bytes saved',
      ],
      rows: MEASURES.map(({ what }) => [
        what,
        ...WAYS.map((way) => medianAndRange(of(what, way, 'cpu_us'), 2)),
        `${factor(what, 'cpu_us').toFixed(2)}×`,
        ...WAYS.map((way) => whole(median(of(what, way, 'bytes')))),
        `${Math.round((1 - factor(what, 'bytes')) * 100)} %`,
      ]),
      targets: [],
    },
  ];
}

const canPinHere = canPin();
const start = startOfBenchmark();
const scratch = mkdtempSync(join(tmpdir(), 'bench-compression-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
await generateCorpus(
  { profile: 'social', events: INGESTED * 3, seed: 1, baseTime_s: DEFAULT_BASE_TIME_S },
  { dir: join(scratch, 'corpus'), gzip: false, fresh: false, threads: 1 },
);
const messages = messagesOf(join(scratch, 'corpus', 'events.jsonl'), INGESTED * (1 + WARM_UP_SHARE));
/** The newest first. */
const times = messages.map((text) => JSON.parse(text)[1].created_at).sort((a, b) => b - a);
pin(process.pid, CLIENT_CORE);
const contestants = MEASURES.flatMap(({ what, measure }) =>
  WAYS.map((way) => ({ name: nameOf(what, way), measure: () => measure(way === 'compressed') })),
);
const results = await measureInRounds(rounds, contestants);
const figures = Object.fromEntries(
  [...results].flatMap(([name, runs]) => [
    [`${name}: cpu_us`, runs.map((run) => run.cpu_us)],
    [`${name}: bytes`, runs.map((run) => run.bytes)],
  ]),
);
const cores = `relay on core ${RELAY_CORE}, client on core ${CLIENT_CORE}`;
showResult({ name: 'compression', start, rounds, cores, tables: tablesOf(results), figures }, values.json);
process.exit();
