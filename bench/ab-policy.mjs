// How often the policy of `ab` raises a false alarm and how often it finds a real change: simulated runs, judged by the
// very functions that judge real ones. The noise is that of real A/A runs on this machine (`--measure`, at least 4).
//   npm run bench:ab [-- --trials N] [-- --measure N] [-- --real]   writes the tables of docs/measurement.md
//   node bench/ab-policy.mjs [--json]
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createRandom } from '../dist/base/random.js';
import { DEFAULT_OPTIONS } from '../dist/compare/compare.js';
import { judgeFamily } from '../dist/compare/judge-family.js';
import { exactly } from '../dist/metric/bound.js';
import { measuredNoise, realExperiment } from './ab-real.mjs';
import { startOfBenchmark } from './machine.mjs';
import { showResult } from './result.mjs';
import { rootPath } from './support.mjs';

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '2000' },
    measure: { type: 'string', default: '8' },
    /** Whole experiments as well: about six minutes. */
    real: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    /** Write the result for docs/measurement.md. */
    write: { type: 'boolean', default: false },
  },
});
const trials = Number(values.trials);
const { minEffect, alpha, tolerance } = DEFAULT_OPTIONS;
/** What `ab` gates of a mixed scenario: three latencies that move together, as those of one relay do. */
const GATED = ['ack_latency p95', 'eose_latency p95', 'delivery_latency p95'];
/** Of the logarithm of a run's p95 is shared by all latencies of that run. */
const SHARED = 0.7;
const random = createRandom(1, 'ab-policy');

const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

/** p95 of every gated latency in one run, as a factor of the true one. */
function simulatedRun(noise, slowdown) {
  const common = normal();
  return GATED.map(() => {
    const own = Math.sqrt(1 - SHARED ** 2) * normal();
    return 1_000 * slowdown * Math.exp(noise * (SHARED * common + own));
  });
}

/** Whether `pairs` pairs find the candidate worse, by quantity. */
function finds(pairs, noise, slowdown) {
  const runs = (factor) => Array.from({ length: pairs }, () => simulatedRun(noise, factor));
  const [base, candidate] = [runs(1), runs(slowdown)];
  /** @type {import('../dist/compare/judged.js').Sides[]} */
  const rows = GATED.map((key, at) => ({
    key,
    series: key,
    aggregation: 'p95',
    unit: 'us',
    direction: 'lower',
    base: base.map((run) => exactly(run[at])),
    candidate: candidate.map((run) => exactly(run[at])),
  }));
  return judgeFamily(rows, GATED, { minEffect, alpha, tolerance, inBlocks: false }).map(
    ({ verdict }) => verdict === 'worse',
  );
}

/** The whole policy: worse in the first pairs and, for one quantity at least, again in as many fresh ones. */
function alarms(pairs, noise, slowdown) {
  const first = finds(pairs, noise, slowdown);
  if (!first.includes(true)) return { first: false, confirmed: false };
  const again = finds(pairs, noise, slowdown);
  return { first: true, confirmed: first.some((worse, at) => worse && again[at]) };
}

function rates(pairs, noise, slowdown, count = trials) {
  const found = Array.from({ length: count }, () => alarms(pairs, noise, slowdown));
  const share = (name) => found.filter((one) => one[name]).length / count;
  return { first: share('first'), confirmed: share('confirmed') };
}

/** Pairs that find a change of +10 % in at least 90 % of all cases; null where 40 do not. */
function pairsNeeded(noise) {
  // Forty pairs do not find it at 15 % either, and simulating them takes long.
  if (noise > MOST_NOISE) return null;
  for (const pairs of [4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40]) {
    if (rates(pairs, noise, 1.1, trials / 5).confirmed >= 0.9) return pairs;
  }
  return null;
}

const MOST_NOISE = 0.15;
const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** The figures of one noise, five pairs. */
function rowOf(label, noise) {
  const [alike, slower, slowest] = [1, 1.1, 1.2].map((slowdown) => rates(PAIRS, noise, slowdown));
  const needed = pairsNeeded(noise);
  return {
    noise,
    falseAlarms: alike.confirmed,
    found: slower.confirmed,
    cells: [
      label,
      percent(noise),
      percent(alike.first),
      percent(alike.confirmed),
      percent(slower.confirmed),
      percent(slowest.confirmed),
      needed === null ? 'more than 40' : String(needed),
    ],
  };
}

/** Twenty A/A experiments in a row, as a user would make them: how many end with exit code 98. */
function twentyAlike(noise) {
  return Array.from({ length: 20 }, () => alarms(PAIRS, noise, 1).confirmed).filter(Boolean).length;
}

const PAIRS = 5;
const start = startOfBenchmark();
const here = await measuredNoise(Number(values.measure));
const measured = here.map(({ relay, valid, noise }) =>
  rowOf(`${relay}${valid < 4 ? ' (invalid runs)' : ''}`, noise),
);
const known = [0.02, 0.03, 0.05, 0.08, 0.15].map((noise) => rowOf('assumed', noise));
const quiet = known.find(({ noise }) => noise === 0.03);
const inTwenty = measured.map(({ noise }) => twentyAlike(noise));
const experiments = [];
for (const slowdown of values.real ? [1, 1.1] : []) experiments.push(await realExperiment(slowdown));

const policyTable = {
  title: 'What `ab` finds, by how much p95 differs between runs of the same relay',
  columns: [
    'noise',
    '>of p95 between runs',
    '>A/A: alarm before confirmation',
    '>A/A: false alarm',
    '>+10 % found',
    '>+20 % found',
    '>pairs that find +10 % in 90 %',
  ],
  rows: [...measured, ...known].map(({ cells }) => cells),
  targets: [
    {
      text: `at most 1 false alarm in 20 A/A experiments (${inTwenty.join(' and ')} seen at the measured noises)`,
      isMet: inTwenty.every((alarmed) => alarmed <= 1),
    },
    {
      text: '+10 % found in at least 90 % at a noise of 3 %',
      isMet: quiet !== undefined && quiet.found >= 0.9,
    },
    ...here.map(({ relay }, at) => ({
      text: `+10 % found in at least 90 % at the noise of ${relay}`,
      isMet: measured[at].found >= 0.9,
    })),
  ],
  notes: [
    `Measured: ${here.map(({ relay, valid, runs }) => `${valid} of ${runs} runs against ${relay} were valid`).join(', ')}; 6 s at 200 events/s each. The noise is 1.48 × the median deviation of log p95 of ack_latency.`,
    'Where fewer than four were valid, the noise is that of all runs; `ab` itself would not judge by such runs and end with 103.',
    'Three gated latencies of which half of the variance is shared within a run; independent runs.',
  ],
};

/** Whole experiments against relays with known answers. */
function experimentsTable() {
  const rows = experiments.map(({ answers_ms, exitCode, verdict, change }) => [
    answers_ms.map((ms) => `${ms} ms`).join(' against '),
    change === null ? '–' : percent(change),
    verdict,
    String(exitCode),
  ]);
  const [alike, slower] = experiments;
  return {
    title: 'Whole experiments: `relay-bench ab`, five pairs, relays with known answers',
    columns: ['answers take', '>change of ack_latency p95', 'verdict', '>exit code'],
    rows,
    targets: [
      { text: 'the same relay twice: no alarm', isMet: alike.exitCode !== 98 },
      { text: '+10 %: found and confirmed, exit code 98', isMet: slower.exitCode === 98 },
    ],
  };
}

const result = {
  name: 'ab-policy',
  start,
  how: `${trials} simulated experiments a figure, ${PAIRS} pairs each and as many to confirm; others kept ${start.busy_cores} cores busy at the start`,
  tables: [policyTable, ...(experiments.length > 0 ? [experimentsTable()] : [])],
  figures: { here, inTwenty, experiments },
};
showResult(result, values.json);
if (values.write) {
  mkdirSync(rootPath('bench/results/ab'), { recursive: true });
  writeFileSync(rootPath('bench/results/ab/ab-policy.json'), JSON.stringify(result, null, 2));
  const doc = ['--results', rootPath('bench/results/ab'), '--doc', rootPath('docs/measurement.md')];
  spawnSync(process.execPath, [rootPath('scripts/performance-doc.mjs'), ...doc], { stdio: 'inherit' });
}
