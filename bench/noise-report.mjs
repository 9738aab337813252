// How far the p95 of runs of the same relay lie apart, and by what: the pure part of bench/noise.mjs, with its tables.

import { median } from './support.mjs';

/** Of the normal distribution: the ends of an interval at 95 % lie so many standard errors from its middle. */
const Z_95 = 1.96;
export const JUDGED = ['ack_latency', 'eose_latency', 'delivery_latency'];
/** What issue and table ask for. */
const MOST_NOISE = 0.04;
const LEAST_FOUND = 0.9;
const MOST_FALSE = 0.05;
export const PAIRS = 5;

/** Standard deviation, 0 of fewer than two values. */
function deviationOf(values) {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/**
 * The noise of a percentile, as shares of it, and where it comes from. Variances add up: that between runs is what the runs differ by beyond
 * what chance within each of them explains.
 * @param runs with `p95_us`; `samples_us`, where the percentile would lie one standard error lower and higher if all samples were independent;
 *   `seconds_us`, its interval at 95 % by the seconds of the run, open where null
 */
export function noiseOf(runs) {
  const logs = runs.map(({ p95_us }) => Math.log(p95_us));
  const total = deviationOf(logs);
  const sampling = meanSquare(runs.map(({ samples_us: [low, high] }) => Math.log(high / low) / 2));
  const bounded = runs.flatMap(({ seconds_us }) => (seconds_us?.[1] == null ? [] : [seconds_us]));
  const within =
    bounded.length === 0 ? null : meanSquare(bounded.map(([low, high]) => Math.log(high / low) / (2 * Z_95)));
  const steps = logs.slice(1).map((log, at) => log - logs[at]);
  return {
    runs: runs.length,
    p95_us: median(runs.map(({ p95_us }) => p95_us)),
    total,
    neighbours: steps.length === 0 ? 0 : meanSquare(steps) / Math.SQRT2,
    sampling,
    within,
    between: within === null ? null : Math.sqrt(Math.max(0, total ** 2 - within ** 2)),
  };
}

function meanSquare(values) {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
}

/**
 * How often `ab` would end with 98 if its runs were these, drawn anew in each trial: the candidate is the same relay, `slowdown`
 * times as slow in everything.
 * @param runs of one relay, each with a p95 for each of the judged latencies
 * @param options `pairs` of runs and as many to confirm; `judge` says of the rows of a comparison which are worse; `random` gives 0..1
 */
export function findsInRuns(runs, { slowdown, trials, pairs = PAIRS, judge, random }) {
  let found = 0;
  for (let trial = 0; trial < trials; trial++) {
    const first = worseIn(runs, { slowdown, pairs, judge, random });
    if (!first.includes(true)) continue;
    const again = worseIn(runs, { slowdown, pairs, judge, random });
    if (first.some((isWorse, at) => isWorse && again[at])) found++;
  }
  return found / trials;
}

/** No run stands on both sides of a comparison. */
function worseIn(runs, { slowdown, pairs, judge, random }) {
  const left = [...runs];
  const drawn = Array.from(
    { length: 2 * pairs },
    () => left.splice(Math.floor(random() * left.length), 1)[0],
  );
  return judge(drawn.slice(0, pairs), drawn.slice(pairs), slowdown);
}

const percent = (share) => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);

/** Where the noise of each variant comes from. @param variants `{ name, runs }`, runs by judged latency as `noiseOf` takes them */
export function noiseTable(variants) {
  const rows = variants.flatMap(({ name, latencies }) =>
    JUDGED.map((key) => {
      const { runs, p95_us, total, neighbours, sampling, within, between } = noiseOf(latencies[key]);
      return [
        name,
        `${key} p95`,
        String(runs),
        `${(p95_us / 1_000).toFixed(2)} ms`,
        percent(total),
        percent(neighbours),
        percent(sampling),
        percent(within),
        percent(between),
      ];
    }),
  );
  const last = variants.at(-1);
  const noise = noiseOf(last.latencies.ack_latency).total;
  return {
    title: 'How far the p95 of runs lie apart, and by what',
    columns: [
      'runs of',
      'figure',
      '>runs',
      '>median',
      '>noise',
      '>between neighbours',
      '>if samples were independent',
      '>within a run',
      '>between runs',
    ],
    rows,
    targets: [
      {
        text: `the ack p95 of "${last.name}" differs by at most ${percent(MOST_NOISE)} from run to run (${percent(noise)})`,
        isMet: noise <= MOST_NOISE,
      },
    ],
    notes: [
      'Noise: the standard deviation of the logarithm of the p95 of a run; between neighbours the same from runs of a build that follow each other, so that what the machine does over minutes is left out. What the samples would leave open if they were independent, what they leave open as the seconds of the run show them to depend on each other, and what is left between runs: the squares of the last two add up to that of the noise, where the runs differ by more than the seconds explain.',
    ],
  };
}

/** What `ab` finds in such runs. @param variants `{ name, alike, slower, slowest }`, shares of the trials that end with 98 */
export function findingTable(variants) {
  const last = variants.at(-1);
  return {
    title: `What \`ab\` finds in these runs: ${PAIRS} pairs and as many to confirm, drawn from them`,
    columns: ['runs of', '>no change: exit code 98', '>+10 %: exit code 98', '>+20 %: exit code 98'],
    rows: variants.map(({ name, alike, slower, slowest }) => [
      name,
      percent(alike),
      percent(slower),
      percent(slowest),
    ]),
    targets: [
      {
        text: `no change: at most ${percent(MOST_FALSE)} false alarms (${percent(Math.max(...variants.map(({ alike }) => alike)))})`,
        isMet: variants.every(({ alike }) => alike <= MOST_FALSE),
      },
      {
        text: `+10 % found in at least ${percent(LEAST_FOUND)} in "${last.name}" (${percent(last.slower)})`,
        isMet: last.slower >= LEAST_FOUND,
      },
    ],
    notes: [
      'The candidate is the same relay with every p95 multiplied; no run stands on both sides. The judgement is that of `ab`, over the three p95.',
    ],
  };
}
