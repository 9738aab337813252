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
import { deflatedFrame, frame, open, publishAll, resolvers } from './relay-load.mjs';
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
    return { cpu_us: (cpuOf(relay.pid) - before) / INGESTED, bytes: bytesOf(frames.slice(warmUp)) / INGESTED };
  });
}

/** CPU time of the relay and bytes that it sends, a live event at a subscriber. */
function measureFanOut(compresses) {
  return withRelay(async (relay) => {
    const sockets = [];
    for (let i = 0; i < SUBSCRIBERS; i++) {
      const ready = resolvers();
      const socket = await open(relay, ready.resolve, compresses);
      socket.write(frame(JSON.stringify(['REQ', 'live', { kinds: KINDS, limit: 0 }])));
      await ready.promise;
      sockets.push(socket);
    }
    const warmUp = DELIVERED * WARM_UP_SHARE;
    // The publisher is the same for both: what it costs is not the subject.
    await publishInBatches(relay, messages.slice(0, warmUp));
    const [cpu, read] = [cpuOf(relay.pid), bytesRead(sockets)];
    await publishInBatches(relay, messages.slice(warmUp, warmUp + DELIVERED));
    const used = cpuOf(relay.pid) - cpu;
    const deliveries = SUBSCRIBERS * DELIVERED;
    await settled(sockets);
    for (const socket of sockets) socket.destroy();
    return { cpu_us: used / deliveries, bytes: (bytesRead(sockets) - read) / deliveries };
  });
}

async function publishInBatches(relay, texts) {
  for (let at = 0; at < texts.length; at += PER_BATCH) {
    await publishAll(relay, framesOf(texts.slice(at, at + PER_BATCH), false));
  }
}

/** Waits until a question is answered on each: what was sent before is there then. */
function settled(sockets) {
  return Promise.all(
    sockets.map((socket) => {
      const answered = resolvers();
      socket.on('data', (data) => {
        if (data.includes(EOSE)) answered.resolve();
      });
      socket.write(frame(JSON.stringify(['REQ', 'end', { kinds: [9_999], limit: 1 }])));
      return answered.promise;
    }),
  );
}

const bytesRead = (sockets) => sockets.reduce((sum, socket) => sum + socket.bytesRead, 0);

/** CPU time of the relay and bytes that it sends, a stored event in a page. */
function measurePages(compresses) {
  return withRelay(async (relay) => {
    await publishAll(relay, framesOf(messages.slice(0, 5_000), false));
    let onEose = () => undefined;
    const socket = await open(
      relay,
      (data) => {
        if (data.includes(EOSE)) onEose();
      },
      compresses,
    );
    const ask = async (index) => {
      const answered = resolvers();
      onEose = answered.resolve;
      const filter = { kinds: [KINDS[index % KINDS.length]], limit: PAGE };
      socket.write(frame(JSON.stringify(['REQ', `page${index}`, filter])));
      await answered.promise;
      socket.write(frame(JSON.stringify(['CLOSE', `page${index}`])));
    };
    for (let i = 0; i < PAGES * WARM_UP_SHARE; i++) await ask(i);
    const [cpu, read] = [cpuOf(relay.pid), socket.bytesRead];
    for (let i = 0; i < PAGES; i++) await ask(i);
    const [used, bytes] = [cpuOf(relay.pid) - cpu, socket.bytesRead - read];
    socket.destroy();
    return { cpu_us: used / (PAGES * PAGE), bytes: bytes / (PAGES * PAGE) };
  });
}

const MEASURES = [
  { what: `events in: EVENT→OK, stored, ${whole(INGESTED)} of them`, measure: measureIngest },
  { what: `events out, live: each to ${SUBSCRIBERS} readers`, measure: measureFanOut },
  { what: `events out, stored: pages of ${PAGE}`, measure: measurePages },
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
  { profile: 'social', events: INGESTED * 2, seed: 1, baseTime_s: DEFAULT_BASE_TIME_S },
  { dir: join(scratch, 'corpus'), gzip: false, fresh: false, threads: 1 },
);
const messages = messagesOf(join(scratch, 'corpus', 'events.jsonl'), INGESTED * (1 + WARM_UP_SHARE));
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
