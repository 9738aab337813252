// What checking signatures natively (libsecp256k1) gains over WebAssembly: signatures alone, verified and stored ingest of
// one relay, the import of a corpus; and whether both say the same of random signatures, good and bad. Everything is
// counted in CPU seconds of all threads, native and WebAssembly one after the other in each round.
// node bench/verifier.mjs [--rounds 5] [--scale 1] [--cases 100000] [--json]

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { signSchnorr, xOnlyPointFromScalar } from 'tiny-secp256k1';
import { decompressed, readPieces } from '../dist/corpus/files/open-input.js';
import { generateCorpus } from '../dist/corpus/generate/generate-corpus.js';
import { importCorpus } from '../dist/corpus/import/import-corpus.js';
import { DEFAULT_BASE_TIME_S } from '../dist/corpus/spec.js';
import { openVerifier } from '../dist/nostr/verifier.js';
import { ownCpu_us } from '../dist/observe/proc.js';
import { startEmbeddedRelay } from '../dist/stack/embedded-relay.js';
import { startOfBenchmark } from './machine.mjs';
import { eventFrame, publishAll } from './relay-load.mjs';
import { measureInRounds, medianAndRange, showResult, whole } from './result.mjs';
import { cpuOf, median } from './support.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    scale: { type: 'string', default: '1' },
    cases: { type: 'string', default: '100000' },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const SCALE = Number(values.scale);
const KINDS = /** @type {const} */ (['native', 'wasm']);
const SIGNATURES = 4_000 * SCALE;
const INGESTED = 20_000 * SCALE;
/** Sent before measuring, so that the relay's code is compiled. */
const WARM_UP = INGESTED / 4;
const IMPORTED = 20_000 * SCALE;
const LEAST = { ingest: 2.5, import: 0.8 };

const verifiers = Object.fromEntries(KINDS.map((kind) => [kind, openVerifier(kind)]));

/** A signature of a key of its own; of three, one is right, one has a bit changed and one is random, or of another key. */
function randomCase(index) {
  const secret = Buffer.concat([Buffer.from([1]), randomBytes(31)]);
  const bytes = Buffer.alloc(128);
  randomBytes(32).copy(bytes);
  bytes.set(xOnlyPointFromScalar(secret), 32);
  bytes.set(signSchnorr(bytes.subarray(0, 32), secret), 64);
  if (index % 3 === 1) bytes[randomBytes(1)[0] % 128] ^= 1 << (index % 8);
  if (index % 6 === 2) randomBytes(64).copy(bytes, 64);
  if (index % 6 === 5) randomBytes(32).copy(bytes, 32);
  return { bytes, isRight: index % 3 === 0 };
}

function verify({ verifies }, bytes) {
  return verifies(bytes.subarray(0, 32), bytes.subarray(32, 64), bytes.subarray(64));
}

/** Of so many random signatures, how many each kind judges wrongly. */
function countWrong(cases) {
  const wrong = Object.fromEntries(KINDS.map((kind) => [kind, 0]));
  for (let index = 0; index < cases; index++) {
    const { bytes, isRight } = randomCase(index);
    for (const kind of KINDS) wrong[kind] += Number(verify(verifiers[kind], bytes) !== isRight);
  }
  return wrong;
}

/** Signatures per CPU second. */
function measureSignatures(kind) {
  const from_us = ownCpu_us();
  for (const bytes of signatures) verify(verifiers[kind], bytes);
  return (signatures.length * 1e6) / (ownCpu_us() - from_us);
}

/** Events verified, stored and answered per CPU second of a relay, all its threads together. */
async function measureIngest(kind) {
  const relay = await startEmbeddedRelay({ args: ['--verifier', kind, '--verify-workers', '1'] });
  try {
    await publishAll(relay, frames.slice(0, WARM_UP));
    const before = cpuOf(relay.pid);
    await publishAll(relay, frames.slice(WARM_UP));
    return (INGESTED * 1e6) / (cpuOf(relay.pid) - before);
  } finally {
    await relay.stop();
  }
}

/** Events imported per CPU second, by this thread. */
async function measureImport(kind) {
  const dir = join(scratch, `imported-${kind}`);
  const from_us = ownCpu_us();
  await importCorpus(decompressed(readPieces(corpusFile), corpusFile), {
    ...{ dir, gzip: false, threads: 1, verifier: kind },
  });
  const rate = (IMPORTED * 1e6) / (ownCpu_us() - from_us);
  rmSync(dir, { recursive: true });
  return rate;
}

const MEASURES = { signatures: measureSignatures, ingest: measureIngest, import: measureImport };
const contestants = Object.entries(MEASURES).flatMap(([what, measure]) =>
  KINDS.map((kind) => ({ name: `${what}, ${kind}`, measure: async () => measure(kind) })),
);

function tablesOf(results, wrong) {
  const of = (what, kind) => results.get(`${what}, ${kind}`);
  const ratio = (above, below) => median(above.map((rate, round) => rate / below[round]));
  const row = (text, what) => [
    text,
    ...KINDS.map((kind) => medianAndRange(of(what, kind), 0)),
    `${ratio(of(what, 'native'), of(what, 'wasm')).toFixed(1)}×`,
  ];
  const ingest = ratio(of('ingest', 'native'), of('signatures', 'wasm'));
  const imported = ratio(of('import', 'native'), of('signatures', 'native'));
  return [
    {
      title: 'What one CPU second does, by what checks signatures',
      columns: ['measure', `>${verifiers.native.library}`, '>WebAssembly', '>ratio in the same round'],
      rows: [
        row('signatures alone', 'signatures'),
        row('EVENT→OK, verified and stored in memory', 'ingest'),
        row('events imported (`corpus import`, profile `social`)', 'import'),
      ],
      targets: [
        {
          text: `native ingest ≥ ${LEAST.ingest} × signatures of WebAssembly alone (median ${ingest.toFixed(1)})`,
          isMet: ingest >= LEAST.ingest,
        },
        {
          text: `native import ≥ ${LEAST.import * 100} % of native signatures alone (median ${Math.round(imported * 100)} %)`,
          isMet: imported >= LEAST.import,
        },
        {
          text: `both right about ${whole(cases)} random signatures, good and bad (wrong: ${KINDS.map((kind) => `${kind} ${wrong[kind]}`).join(', ')})`,
          isMet: KINDS.every((kind) => wrong[kind] === 0),
        },
      ],
    },
  ];
}

const start = startOfBenchmark();
const scratch = mkdtempSync(join(tmpdir(), 'bench-verifier-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const corpusFile = join(scratch, 'corpus', 'events.jsonl');
await generateCorpus(
  { profile: 'social', events: IMPORTED, seed: 1, baseTime_s: DEFAULT_BASE_TIME_S },
  { dir: join(scratch, 'corpus'), gzip: false, fresh: false, threads: 1 },
);
const frames = Array.from({ length: WARM_UP + INGESTED }, (_, n) => eventFrame(n, 1, true));
const signatures = Array.from({ length: SIGNATURES }, () => randomCase(0).bytes);
const cases = Number(values.cases);
const wrong = countWrong(cases);
const results = await measureInRounds(rounds, contestants);
const figures = { ...Object.fromEntries(results), wrong, cases };
const cores = 'CPU time of all threads, on any core';
const tables = tablesOf(results, wrong);
showResult({ name: 'verifier', start, rounds, cores, tables, figures }, values.json);
process.exit();
