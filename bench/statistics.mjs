// What the verdicts of `compare`, `ab`, `versus` and the intervals of single runs are worth: simulated runs with a known
// truth, judged by the very functions that judge real ones. Every figure stands beside its goal.
//   npm run bench:statistics [-- --trials N]   writes the tables of docs/measurement.md; the seed is fixed
//   node bench/statistics.mjs [--json] [--seed N] [--only singleTable,changeTable]
// The bootstrap was tuned on the standard seed; another one tells what its intervals are worth elsewhere.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bestOfEach } from '../dist/compare/best-of.js';
import { DEFAULT_OPTIONS } from '../dist/compare/compare.js';
import { interleave } from '../dist/compare/interleaving.js';
import { judgeFamily } from '../dist/compare/judge-family.js';
import { judgeSingle } from '../dist/compare/judge-single.js';
import { exactly } from '../dist/metric/bound.js';
import { startOfBenchmark } from './machine.mjs';
import { showResult } from './result.mjs';
import { drawOperations, drawRuns, JUDGED, rowsOf, seedRuns, trueQuantile } from './statistics-runs.mjs';
import { rootPath } from './support.mjs';

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '16' },
    /** Names of tables, all where left out; a part is shown and never written. */
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    /** Write the result for docs/measurement.md. */
    write: { type: 'boolean', default: false },
  },
});
const trials = Number(values.trials);
seedRuns(Number(values.seed));
const { minEffect, alpha, tolerance } = DEFAULT_OPTIONS;
const SIZES = [3, 5, 8];
const NOISES = [0.03, 0.08];
const percent = (share) => `${(100 * share).toFixed(1)} %`;
const figures = [];

const atMost = (limit) => ({ text: `≤ ${percent(limit)}`, holds: (share) => share <= limit });
const atLeast = (limit) => ({ text: `≥ ${percent(limit)}`, holds: (share) => share >= limit });
const within = (low, high) => ({
  text: `${percent(low)} to ${percent(high)}`,
  holds: (share) => share >= low && share <= high,
});
const RARE = atMost(0.05);
const COVERED = within(0.93, 0.97);

/**
 * A table of figures beside their goals.
 * @param heads of what was simulated
 * @param lines `{ setting, figures }`; a figure is `{ what, share, goal }`, the same in every line; without a goal it is
 *   shown only
 */
function table(title, lines, notes = []) {
  const heads = lines[0].figures.map(({ what }) => `>${what}`);
  const missed = lines.flatMap(({ setting, figures: found }) =>
    found
      .filter(isMissed)
      .map(({ what, share, goal }) => `${setting}, ${what}: ${percent(share)}, goal ${goal.text}`),
  );
  figures.push(
    ...lines.flatMap(({ setting, figures: found }) =>
      found.map(({ what, share, goal }) => ({
        table: title,
        setting,
        what,
        share,
        goal: goal?.text ?? null,
      })),
    ),
  );
  return {
    title,
    columns: ['setting', ...heads],
    rows: lines.map(({ setting, figures: found }) => [setting, ...found.map(figureText)]),
    targets: [{ text: 'every figure within its goal', isMet: missed.length === 0 }],
    notes: [...missed, ...notes],
  };
}

const isMissed = ({ share, goal }) => goal !== undefined && share !== null && !goal.holds(share);

function figureText(figure) {
  const { share, goal } = figure;
  if (share === null) return '–';
  return `${percent(share)}${goal === undefined ? '' : ` (${goal.text}${isMissed(figure) ? ', NOT met' : ''})`}`;
}

const share = (count, happens) => {
  let hits = 0;
  for (let trial = 0; trial < count; trial++) if (happens(trial)) hits++;
  return hits / count;
};

// compare

const orderOf = (size, trial) => interleave(2, size, trial).flat();
const blocks = (size) => Array.from({ length: 2 * size }, (_, at) => (at < size ? 0 : 1));

function judged(size, world, { inBlocks = false, gated = JUDGED } = {}, trial = 0) {
  const [base, candidate] = drawRuns(inBlocks ? blocks(size) : orderOf(size, trial), world);
  return judgeFamily(rowsOf(base, candidate), gated, { minEffect, alpha, tolerance, inBlocks });
}

const any = (found, verdict) => found.some((one) => one.verdict === verdict);
const all = (found, verdict) => found.every((one) => one.verdict === verdict);

/** How often each verdict is reached over all gated quantities. */
function verdicts(size, world, how = {}) {
  const count = { worse: 0, better: 0, same: 0 };
  for (let trial = 0; trial < trials; trial++) {
    const found = judged(size, world, how, trial);
    if (any(found, 'worse')) count.worse++;
    if (any(found, 'better')) count.better++;
    if (all(found, 'same')) count.same++;
  }
  return { worse: count.worse / trials, better: count.better / trials, same: count.same / trials };
}

const WORLDS = [
  ...NOISES.map((noise) => ({ name: `noise ${percent(noise)}`, noise })),
  { name: 'noise 3.0 %, drift +20 %', noise: 0.03, drift: Math.log(1.2) },
  { name: 'noise 8.0 %, each run like the last (0.7)', noise: 0.08, memory: 0.7 },
  { name: 'noise 3.0 %, 2 % unanswered', noise: 0.03, unanswered: [0.02, 0.02] },
  { name: 'noise 3.0 %, 5 % unanswered', noise: 0.03, unanswered: [0.05, 0.05] },
  { name: 'noise 3.0 %, 30 % unanswered', noise: 0.03, unanswered: [0.3, 0.3] },
];

function compareTable() {
  const lines = WORLDS.flatMap(({ name, ...world }) =>
    SIZES.map((size) => {
      const isQuiet = Object.keys(world).length === 1 && world.noise === 0.03;
      return compareLine(`${name}; ${size} runs a side`, size, world, { isQuiet: isQuiet && size > 3 });
    }),
  );
  return table('`compare`: many interleaved runs a side, three gated p95', lines, [
    'Three runs a side never decide. Where unanswered operations are many, most runs know no p95 and little can be found.',
  ]);
}

/**
 * @param {string} setting
 * @param {number} size
 * @param {object} world
 * @param {{ isQuiet?: boolean, inBlocks?: boolean }} [options]
 */
function compareLine(setting, size, world, { isQuiet = false, ...how } = {}) {
  const alike = verdicts(size, { ...world, slowdowns: [1, 1] }, how);
  const slower = verdicts(size, { ...world, slowdowns: [1, 1.1] }, how);
  return {
    setting,
    figures: [
      { what: 'equal: worse', share: alike.worse, goal: RARE },
      { what: 'equal: better', share: alike.better, goal: RARE },
      { what: 'equal: the same', share: alike.same },
      { what: '+10 %: the same', share: slower.same, goal: RARE },
      { what: '+10 %: found', share: slower.worse, goal: isQuiet ? atLeast(0.9) : undefined },
    ],
  };
}

/** A relay that is faster where it answers, and often does not. */
function silentTable() {
  const lines = [0, 0.05, 0.1, 0.3].map((lost) => {
    const found = verdicts(8, { noise: 0.03, slowdowns: [1, 0.8], unanswered: [0, lost] });
    return {
      setting: `answers in 80 % of the time, ${percent(lost)} never; 8 runs a side`,
      figures: [
        { what: 'called better', share: found.better, goal: lost === 0 ? undefined : RARE },
        { what: 'called worse', share: found.worse },
      ],
    };
  });
  return table('`compare`: whoever does not answer', lines);
}

function blocksTable() {
  const lines = [0.1, 0.2, -0.2].flatMap((drift) =>
    [5, 8].map((size) =>
      compareLine(
        `drift ${percent(drift)} from the first run to the last; ${size} runs a side`,
        size,
        { noise: 0.03, drift: Math.log(1 + drift) },
        { inBlocks: true },
      ),
    ),
  );
  return table('`compare`: one side measured after the other (noise 3 %)', lines, [
    'The comparison says so and names `ab`; only a change beyond the tolerance of single runs counts, and nothing is called the same.',
  ]);
}

// ab

function abTable() {
  const lines = NOISES.flatMap((noise) =>
    [5, 8].map((size) => {
      const alike = policy(size, { noise, slowdowns: [1, 1] });
      const slower = policy(size, { noise, slowdowns: [1, 1.1] });
      return {
        setting: `noise ${percent(noise)}; ${size} pairs and as many to confirm`,
        figures: [
          { what: 'equal: exit code 98', share: alike.confirmed, goal: RARE },
          {
            what: '+10 %: exit code 98',
            share: slower.confirmed,
            goal: noise === 0.03 ? atLeast(0.9) : undefined,
          },
          { what: '+10 %: told by the first pairs that alarm', share: slower.first },
          { what: '+10 %: told by the fresh pairs', share: slower.fresh, goal: within(0.09, 0.11) },
        ],
      };
    }),
  );
  return table('`ab`: interleaved pairs, a regression looked for again', lines, [
    'Told: the mean change. The first pairs exaggerate because they were picked for looking bad; the fresh ones, all of them, do not.',
  ]);
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);

/** The whole policy, as `holdAb` carries it out. */
function policy(size, world) {
  /** @type {{ first: (number | null)[], fresh: (number | null)[] }} */
  const told = { first: [], fresh: [] };
  const confirmed = share(trials, (trial) => {
    const first = judged(size, world, {}, 2 * trial);
    const worse = JUDGED.filter((_, at) => first[at].verdict === 'worse');
    if (worse.length === 0) return false;
    const fresh = judged(size, world, { gated: worse }, 2 * trial + 1);
    for (const [at, key] of JUDGED.entries()) {
      if (!worse.includes(key)) continue;
      told.first.push(first[at].change);
      told.fresh.push(fresh[at].change);
    }
    return JUDGED.some((key, at) => worse.includes(key) && fresh[at].verdict === 'worse');
  });
  return { confirmed, first: mean(told.first), fresh: mean(told.fresh) };
}

// versus

const FIELD_LIMITS = { alpha, minEffect };

function versusFound(rounds, world, trial) {
  const relays = drawRuns(interleave(world.slowdowns.length, rounds, trial).flat(), world);
  /** @type {import('../dist/compare/best-of.js').Field[]} */
  const fields = JUDGED.map((_, at) => ({
    unit: 'us',
    direction: 'lower',
    relays: relays.map((runs, number) => ({ name: String(number), values: runs.map((run) => run[at]) })),
  }));
  return bestOfEach(fields, FIELD_LIMITS);
}

const STAR = 'equal: a star in the table';
const POWER = 'apart as printed: the star';

function versusTable() {
  const stars = (found) => found.some(({ best }) => best !== null);
  const lines = [2, 4].flatMap((count) =>
    [4, 5, 8].flatMap((rounds) =>
      [
        { name: 'noise 8.0 %', noise: 0.08 },
        { name: 'noise 8.0 %, drift +20 %', noise: 0.08, drift: Math.log(1.2) },
        { name: 'noise 3.0 %, 5 % unanswered', noise: 0.03, unanswered: Array(count).fill(0.05) },
      ].map(({ name, ...world }) => {
        const slowdowns = Array(count).fill(1);
        const starred = share(trials, (trial) => stars(versusFound(rounds, { ...world, slowdowns }, trial)));
        const isPlain = Object.keys(world).length === 1 && count === 2 && rounds > 4;
        return {
          setting: `${name}; ${count} relays, ${rounds} rounds`,
          figures: [
            { what: STAR, share: starred, goal: RARE },
            { what: POWER, share: isPlain ? powerOf(rounds, world) : null, goal: within(0.7, 0.9) },
          ],
        };
      }),
    ),
  );
  return table('`versus`: who is best in three figures', lines, [
    'Four rounds are too few for three figures: the table says how many are needed. "As printed": as far apart as "found from" says on the average, which is meant to be found in 80 %.',
  ]);
}

/** How often relays that are as far apart as the table prints get their star. */
function powerOf(rounds, world) {
  const alike = { ...world, slowdowns: [1, 1] };
  const printed = Array.from({ length: 200 }, (_, trial) => versusFound(rounds, alike, trial)[0].detectable);
  const apart = { ...world, slowdowns: [1, 1 + mean(printed)] };
  return share(trials, (trial) => versusFound(rounds, apart, trial)[0].best === '0');
}

// single runs

const holds = ({ low_us, high_us }, truth) => low_us <= truth && (high_us === null || truth <= high_us);

const RATE = 50;

function singleTable() {
  const lines = [
    { memory: 0, seconds: 60 },
    { memory: 0.9, seconds: 60 },
    { memory: 0.99, seconds: 120 },
    { memory: 0.9, seconds: 60, lost: 0.02 },
    { memory: 0.9, seconds: 60, lost: 0.3 },
  ].map(({ memory, seconds, lost = 0 }) => {
    const covered = coverage({ seconds, rate: RATE, memory, lost });
    const unanswered = lost > 0 ? `, ${percent(lost)} unanswered` : '';
    return {
      setting: `${seconds} s at ${RATE}/s, autocorrelation ${memory}${unanswered}`,
      figures: PERCENTILES.map((name) => ({ what: name, share: covered[name], goal: COVERED })),
    };
  });
  return table('Single runs: how often the interval of a percentile holds the true one', lines, [
    'Autocorrelation: of one operation with the next. –: the percentile lies among the unanswered.',
  ]);
}

const PERCENTILES = ['p50', 'p95', 'p99'];

/** Share of runs whose interval holds the truth, by percentile; null where the truth lies among the unanswered. */
function coverage(shape) {
  const truths = PERCENTILES.map((name) => trueQuantile(Number(name.slice(1)) / 100, shape.lost));
  const held = PERCENTILES.map(() => 0);
  for (let trial = 0; trial < trials; trial++) {
    const { effective } = drawOperations(shape);
    for (const [at, name] of PERCENTILES.entries()) {
      if (truths[at] !== null && holds(effective[name], truths[at])) held[at]++;
    }
  }
  return Object.fromEntries(
    PERCENTILES.map((name, at) => [name, truths[at] === null ? null : held[at] / trials]),
  );
}

/** The interval of a change between two single runs, and what the tolerance makes of equal ones. */
function changeTable() {
  const lines = [0, 0.9].map((memory) => {
    const shape = { seconds: 60, rate: RATE, memory };
    const count = { held: 0, alarmed: 0 };
    for (let trial = 0; trial < trials; trial++) {
      const [base, candidate] = [drawOperations(shape), drawOperations({ ...shape, slowdown: 1.1 })];
      const { changeLow, changeHigh } = singleOf(base, candidate);
      if ((changeLow ?? -1) <= 0.1 && 0.1 <= (changeHigh ?? 99)) count.held++;
      if (singleOf(base, drawOperations(shape)).verdict !== 'same') count.alarmed++;
    }
    return {
      setting: `60 s at ${RATE}/s each, autocorrelation ${memory}`,
      figures: [
        { what: 'the interval of the change of p95 holds it', share: count.held / trials, goal: COVERED },
        { what: 'equal: worse or better', share: count.alarmed / trials, goal: RARE },
      ],
    };
  });
  return table('`compare`: two single runs', lines, [
    'Runs that differ only by chance within them. Real runs differ from each other besides, and the tolerance is for that.',
  ]);
}

function singleOf(base, candidate) {
  const head = /** @type {const} */ ({
    key: 'ack_latency p95',
    series: 'ack_latency',
    aggregation: 'p95',
    unit: 'us',
    direction: 'lower',
  });
  const sides = { ...head, base: [exactly(base.p95_us)], candidate: [exactly(candidate.p95_us)] };
  return judgeSingle(sides, tolerance, [base, candidate]);
}

const start = startOfBenchmark();
const tables = [];
const makers = [compareTable, silentTable, blocksTable, abTable, versusTable, singleTable, changeTable];
const chosen = values.only?.split(',') ?? makers.map(({ name }) => name);
for (const make of makers.filter(({ name }) => chosen.includes(name))) {
  const began = performance.now();
  tables.push(make());
  process.stderr.write(`${make.name}: ${((performance.now() - began) / 1_000).toFixed(1)} s\n`);
}

const result = {
  name: 'statistics',
  start,
  how: `${trials} simulated experiments a figure, seed ${values.seed}; latencies are lognormal; goals in brackets`,
  tables,
  figures,
};
showResult(result, values.json);
if (values.write && values.only === undefined) {
  mkdirSync(rootPath('bench/results/statistics'), { recursive: true });
  writeFileSync(rootPath('bench/results/statistics/statistics.json'), JSON.stringify(result, null, 2));
  const doc = ['--results', rootPath('bench/results/statistics'), '--doc', rootPath('docs/measurement.md')];
  spawnSync(process.execPath, [rootPath('scripts/performance-doc.mjs'), ...doc], { stdio: 'inherit' });
}
