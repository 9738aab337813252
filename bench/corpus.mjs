// What making and importing corpora costs, of the built program: CPU time (of all threads), memory, time.
//   npm run build && node bench/corpus.mjs [events = 1000000] [events imported = 100000]
// With 0 events only imports are measured. `ofVerifier` is the rate of an import per core, of that of the verifier alone,
// which is measured before and after it: signatures one after the other in a single thread.
// Each case runs in a process of its own, so that peak memory belongs to it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifySchnorr } from 'tiny-secp256k1';
import { openCorpus } from '../dist/corpus/files/open-corpus.js';
import { decompressed, readPieces } from '../dist/corpus/files/open-input.js';
import { generateCorpus } from '../dist/corpus/generate/generate-corpus.js';
import { importCorpus } from '../dist/corpus/import/import-corpus.js';
import { DEFAULT_BASE_TIME_S } from '../dist/corpus/spec.js';

const PROGRAM = fileURLToPath(import.meta.url);
const OPTIONS = { gzip: false, fresh: false };

/** What a child process measures, by name. */
const MEASUREMENTS = {
  generate: async (dir, { profile, events, workers }) => {
    const spec = { profile, seed: 1, events, baseTime_s: DEFAULT_BASE_TIME_S };
    const { manifest } = await generateCorpus(spec, {
      ...OPTIONS,
      dir: join(dir, profile),
      threads: workers,
    });
    return manifest.fingerprint;
  },
  import: async (dir, { file, workers }) => {
    const pieces = decompressed(readPieces(file), file);
    const { fingerprint } = await importCorpus(pieces, {
      ...OPTIONS,
      dir: join(dir, 'imported'),
      threads: workers,
      verifier: 'wasm',
    });
    return fingerprint;
  },
  verify: async (_, { file }) => {
    for (const [id, key, sig] of await signaturesOf(file, 5_500)) verifySchnorr(id, key, sig);
  },
  signatures: async (_, { file }) => {
    await signaturesOf(file, 5_500);
  },
  read: async (_, { file }) => {
    for await (const batch of (await openCorpus(file)).batches()) if (batch.length === 0) break;
  },
};

if (process.argv[2] === 'measure') await measure(JSON.parse(process.argv[3]));
else await compare(Number(process.argv[2] ?? 1_000_000), Number(process.argv[3] ?? 100_000));

/** Child process: prints what one case costs. */
async function measure(job) {
  const before = process.cpuUsage();
  const started = performance.now();
  const result = await MEASUREMENTS[job.name](job.dir, job);
  const { user, system } = process.cpuUsage(before);
  const figures = {
    cpu_s: (user + system) / 1e6,
    wall_s: (performance.now() - started) / 1_000,
    peakRss_MB: process.resourceUsage().maxRSS / 1_024,
    result,
  };
  console.log(JSON.stringify(figures));
}

async function compare(events, imported) {
  const dir = mkdtempSync(join(tmpdir(), 'relay-bench-corpus-'));
  try {
    for (const [profile, count, workers] of generations(events)) {
      report(
        `generate ${count} ${profile}`,
        workers,
        count,
        run('generate', { profile, events: count, workers }, dir),
      );
      rmSync(join(dir, profile), { recursive: true });
    }
    run('generate', { profile: 'social', events: imported, workers: 2 }, dir);
    const file = join(dir, 'social', 'events.jsonl');
    report(`read ${imported}`, 1, imported, run('read', { file }, dir));
    for (const workers of [1, 2]) {
      const before = verifier_us(file, dir);
      const figures = run('import', { file, workers }, dir);
      const verify_us = (before + verifier_us(file, dir)) / 2;
      const ofVerifier = verify_us / ((figures.cpu_s * 1e6) / imported);
      report(`import ${imported}`, workers, imported, { ...figures, verify_us, ofVerifier });
      rmSync(join(dir, 'imported'), { recursive: true });
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function run(name, job, dir) {
  const child = spawnSync(process.execPath, [PROGRAM, 'measure', JSON.stringify({ name, dir, ...job })], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.status !== 0) throw new Error(`${name} has failed`);
  return JSON.parse(child.stdout);
}

function report(what, workers, events, { cpu_s, wall_s, peakRss_MB, result, ...more }) {
  const figures = {
    ...{ what, workers, cpu_s: round(cpu_s), perEvent_us: round((cpu_s * 1e6) / events) },
    ...{ wall_s: round(wall_s), peakRss_MB: Math.round(peakRss_MB), fingerprint: result?.slice(0, 16) },
    ...Object.fromEntries(Object.entries(more).map(([key, value]) => [key, round(value)])),
  };
  console.log(JSON.stringify(figures));
}

function generations(events) {
  if (events === 0) return [];
  return [
    ['social', events, 1],
    ['social', events, 2],
    ['uniform', events, 2],
    ['heavy', Math.round(events / 20), 2],
  ];
}

/** CPU of a signature: that of a process that verifies 5,500 of them without that of one that only reads them. */
function verifier_us(file, dir) {
  const [verified, read] = ['verify', 'signatures'].map((name) => run(name, { file }, dir).cpu_s);
  return ((verified - read) * 1e6) / 5_500;
}

async function signaturesOf(file, most) {
  const signatures = [];
  for await (const { event } of (await openCorpus(file)).events()) {
    signatures.push([event.id, event.pubkey, event.sig].map((hex) => Buffer.from(hex, 'hex')));
    if (signatures.length === most) break;
  }
  return signatures;
}

function round(value) {
  return Math.round(value * 100) / 100;
}
