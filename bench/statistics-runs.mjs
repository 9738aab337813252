// Runs that are drawn, not measured, with the truth known: what the simulations of bench/statistics.mjs judge.
import { createRandom } from '../dist/base/random.js';
import { atLeast, exactly } from '../dist/metric/bound.js';
import { LatencyHistogram } from '../dist/metric/histogram.js';
import { SecondsOfLatency } from '../dist/metric/seconds.js';

/** What `ab` and `versus` judge of a mixed scenario: three latencies that move together, as those of one relay do. */
export const JUDGED = ['ack_latency p95', 'eose_latency p95', 'delivery_latency p95'];
/** Of the logarithm of a run's p95 is shared by all latencies of that run. */
const SHARED = 0.7;
/** Deviation of the logarithm of single latencies, and the logarithm of their median in µs. */
const WIDTH = 0.5;
const MIDDLE = Math.log(400);

let random = createRandom(16, 'statistics');
/** Draw from here on as this seed says. */
export const seedRuns = (seed) => {
  random = createRandom(seed, 'statistics');
};
export const normal = () =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

/** The value that a standard normal one is below with this chance (Acklam, refined once by Halley's step). */
export function normalQuantile(chance) {
  let [low, high] = [-9, 9];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < chance) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Chance of a standard normal value below z, by Simpson's rule. */
function normalBelow(z) {
  const steps = 400;
  const width = z / steps;
  let sum = 1 + Math.exp(-(z ** 2) / 2);
  for (let at = 1; at < steps; at++) sum += (at % 2 === 1 ? 4 : 2) * Math.exp(-((at * width) ** 2) / 2);
  return 0.5 + (sum * width) / 3 / Math.sqrt(2 * Math.PI);
}

/**
 * p95 of every judged latency of runs in the order in which they were made.
 * @param order for each run, the number of its relay
 * @param world `noise` between runs; `drift` from the first run to the last, as a logarithm; `memory` of one run for the next,
 *   0..1; `slowdowns` of the relays; `unanswered`, the share of each relay's operations, varying between none and twice that
 * @returns for each relay, its runs; a run is one bound for each judged latency
 */
export function drawRuns(order, { noise, drift = 0, memory = 0, slowdowns, unanswered = [] }) {
  const runs = slowdowns.map(() => []);
  let state = normal();
  for (const [at, relay] of order.entries()) {
    state = memory * state + Math.sqrt(1 - memory ** 2) * normal();
    const shift = Math.log(slowdowns[relay]) + (drift * at) / (order.length - 1);
    const lost = (unanswered[relay] ?? 0) * 2 * random.next();
    runs[relay].push(
      JUDGED.map(() => {
        const own = Math.sqrt(1 - SHARED ** 2) * normal();
        return p95(shift + noise * (SHARED * state + own), lost);
      }),
    );
  }
  return runs;
}

/** p95 over all operations of which a share was never answered. */
function p95(logOfFactor, lost) {
  const rank = 0.95 / (1 - lost);
  const value = (z) => Math.exp(MIDDLE + WIDTH * z + logOfFactor);
  return rank >= 1 ? atLeast(value(3)) : exactly(value(quantileOf(rank)));
}

const known = new Map();
/** To a thousandth, remembered: simulations ask for few and often. */
function quantileOf(rank) {
  const key = Math.min(0.9995, Math.round(rank * 1_000) / 1_000);
  const found = known.get(key) ?? normalQuantile(key);
  known.set(key, found);
  return found;
}

/** Rows as `judgeFamily` takes them. @returns {import('../dist/compare/judged.js').Sides[]} */
export function rowsOf(base, candidate) {
  return JUDGED.map((key, at) => ({
    key,
    series: key.split(' ')[0],
    aggregation: 'p95',
    unit: 'us',
    direction: 'lower',
    base: base.map((run) => run[at]),
    candidate: candidate.map((run) => run[at]),
  }));
}

/**
 * One run, operation by operation, with the intervals that its record would have.
 * @param shape `seconds`, `rate` in operations a second, `memory` of one operation for the next, `lost` of them never
 *   answered (a share), `slowdown`
 */
export function drawOperations({ seconds, rate, memory, lost = 0, slowdown = 1 }) {
  const whole = new LatencyHistogram();
  const bySecond = new SecondsOfLatency();
  const keep = Math.sqrt(1 - memory ** 2);
  let state = normal();
  for (let second = 0; second < seconds; second++) {
    const one = new LatencyHistogram();
    for (let at = 0; at < rate; at++) {
      state = memory * state + keep * normal();
      if (random.next() < lost) one.censor();
      else one.record(slowdown * Math.exp(MIDDLE + WIDTH * state));
    }
    const delta = one.toDelta();
    whole.addDelta(delta);
    bySecond.add(second, delta);
  }
  return { ...whole.summary(), effective: bySecond.effective(whole) };
}

/** The true percentile of such a run, in µs, unanswered operations above all; null where it lies among them. */
export function trueQuantile(share, lost = 0) {
  const rank = share / (1 - lost);
  return rank >= 1 ? null : Math.exp(MIDDLE + WIDTH * normalQuantile(rank));
}
