// How far the p95 of runs of scenario quick lie apart, by what, and what `ab` finds in them. Runs of several builds and settings take turns,
// so that what the machine does meanwhile hits all alike; they are kept, and more can be added later.
//   node bench/noise.mjs --runs N [--variant NAME=DIR[,flag…]]… [--keep FILE]   runs; DIR is a build, `.` this one
//   node bench/noise.mjs --runs 0 [--trials N] [--write]                       tables of what is kept
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../dist/base/random.js';
import { DEFAULT_OPTIONS } from '../dist/compare/compare.js';
import { judgeFamily } from '../dist/compare/judge-family.js';
import { exactly } from '../dist/metric/bound.js';
import { LatencyHistogram } from '../dist/metric/histogram.js';
import { startOfBenchmark } from './machine.mjs';
import { findingTable, findsInRuns, JUDGED, noiseTable, PAIRS } from './noise-report.mjs';
import { showResult } from './result.mjs';
import { rootPath, strictValidity } from './support.mjs';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10' },
    variant: { type: 'string', multiple: true, default: ['this build=.'] },
    keep: { type: 'string', default: rootPath('bench/results/noise/runs.jsonl') },
    trials: { type: 'string', default: '2000' },
    json: { type: 'boolean', default: false },
    /** Write the tables of docs/measurement.md. */
    write: { type: 'boolean', default: false },
  },
});
const P95 = 95;

/** `NAME=DIR,flag,flag`. */
function variantOf(text) {
  const [name, rest = '.'] = text.split('=', 2);
  const [directory, ...flags] = rest.split(',');
  return { name, program: resolve(directory, 'bin/relay-bench.js'), flags };
}

/** One run, as a user makes it. */
function oneRun({ name, program, flags }) {
  const out = mkdtempSync(join(tmpdir(), 'relay-bench-noise-'));
  try {
    const args = ['run', ...flags, '--out', out, '--progress', 'none', '--format', 'json'];
    spawnSync(process.execPath, [program, ...args], { stdio: 'ignore' });
    const record = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
    return keptOf(name, record);
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** What is kept of a run. */
function keptOf(name, { startedAt, metrics, validity, generator, environment }) {
  const latencies = Object.fromEntries(JUDGED.map((key) => [key, latencyOf(metrics[key])]));
  const { verdict, reasons } = strictValidity(validity.reasons, generator.doubts);
  return { name, at: startedAt, verdict, reasons, others: environment.others?.cores ?? null, latencies };
}

function latencyOf(summary) {
  const histogram = LatencyHistogram.fromSummary(summary);
  const { count, p50_us, p95_us, effective } = summary;
  const share = P95 / 100;
  const error = 100 * Math.sqrt((share * (1 - share)) / count);
  const seconds = effective?.p95;
  return {
    count,
    p50_us,
    p95_us,
    samples_us: [histogram.percentile(P95 - error), histogram.percentile(P95 + error)],
    seconds_us: seconds === undefined ? null : [seconds.low_us, seconds.high_us],
  };
}

function collect(variants) {
  mkdirSync(dirname(values.keep), { recursive: true });
  for (let round = 1; round <= Number(values.runs); round++) {
    for (const variant of round % 2 === 0 ? variants.toReversed() : variants) {
      const run = oneRun(variant);
      appendFileSync(values.keep, `${JSON.stringify(run)}\n`);
      const figures = JUDGED.map((key) => `${key} p95 ${run.latencies[key].p95_us} µs`).join(', ');
      process.stderr.write(`round ${round}: ${run.name}: ${figures}, ${run.verdict}\n`);
    }
  }
}

/** The valid runs by the name of their variant, in the order in which the names came up. */
function keptRuns() {
  const lines = existsSync(values.keep) ? readFileSync(values.keep, 'utf8').trim().split('\n') : [];
  const all = lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  const valid = all.filter(({ verdict }) => verdict === 'valid');
  const names = [...new Set(valid.map(({ name }) => name))];
  return {
    invalid: all.length - valid.length,
    variants: names.map((name) => ({ name, runs: valid.filter((run) => run.name === name) })),
  };
}

/** The judgement of `ab`: which of the judged p95 are worse. */
function judge(base, candidate, slowdown) {
  const rows = JUDGED.map((series) => ({
    key: `${series} p95`,
    series,
    aggregation: 'p95',
    unit: /** @type {const} */ ('us'),
    direction: /** @type {const} */ ('lower'),
    base: base.map(({ latencies }) => exactly(latencies[series].p95_us)),
    candidate: candidate.map(({ latencies }) => exactly(slowdown * latencies[series].p95_us)),
  }));
  const { minEffect, alpha, tolerance } = DEFAULT_OPTIONS;
  const limits = { minEffect, alpha, tolerance, inBlocks: false };
  return judgeFamily(
    rows,
    rows.map(({ key }) => key),
    limits,
  ).map(({ verdict }) => verdict === 'worse');
}

function tablesOf(variants) {
  const measured = variants.map(({ name, runs }) => ({
    name,
    latencies: Object.fromEntries(JUDGED.map((key) => [key, runs.map(({ latencies }) => latencies[key])])),
  }));
  const random = createRandom(1, 'noise');
  const finds = (runs, slowdown) =>
    findsInRuns(runs, { slowdown, trials: Number(values.trials), judge, random: () => random.next() });
  const findings = variants
    .filter(({ runs }) => runs.length >= 2 * PAIRS)
    .map(({ name, runs }) => ({
      name,
      alike: finds(runs, 1),
      slower: finds(runs, 1.1),
      slowest: finds(runs, 1.2),
    }));
  return [noiseTable(measured), ...(findings.length > 0 ? [findingTable(findings)] : [])];
}

const start = startOfBenchmark();
if (Number(values.runs) > 0) collect(values.variant.map(variantOf));
const { variants, invalid } = keptRuns();
const result = {
  name: 'noise',
  start,
  how: `runs of scenario \`quick\` in turn; ${invalid} invalid ones left out; ${values.trials} trials a figure of what \`ab\` finds`,
  tables: variants.length === 0 ? [] : tablesOf(variants),
  figures: { variants },
};
showResult(result, values.json);
if (values.write) {
  const file = rootPath('bench/results/noise/tables/noise.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(result, null, 2));
  const doc = ['--results', dirname(file), '--doc', rootPath('docs/measurement.md')];
  spawnSync(process.execPath, [rootPath('scripts/performance-doc.mjs'), ...doc], { stdio: 'inherit' });
}
