// The tables of bench/on-time.mjs.

import { medianAndRange, perSecond } from './result.mjs';
import { median } from './support.mjs';

/** Of the plain client, by number of connections, with one worker. */
const LEAST_OF_PLAIN = { 64: 3, 1000: 1.5 };
/** At half of the rate. */
const MOST_LAG_AT_HALF_US = 1_000;
const NONE = '–';

/**
 * One number of connections.
 * @param {number} connections
 * @param results every round's runs: `plain` and `raw` with their `rate`, and of each number of workers, pinned or not, in `engines` what was found,
 *   `onTime` as in a calibration and `half` with the lag at half of its rate, both null where nothing was on time
 */
export function onTimeTable(connections, { plain, raw, engines }) {
  const rates = (runs) => runs.map((run) => run.rate ?? run.onTime?.rate_per_s ?? 0);
  const ofPlain = (runs) => median(rates(runs).map((rate, round) => rate / plain[round].rate));
  const row = (name, runs, ...lag) => [
    name,
    medianAndRange(rates(runs), 0),
    `${ofPlain(runs).toFixed(2)}×`,
    ...lag,
  ];
  return {
    title: `Events/s on time, ${connections.toLocaleString('en-US')} ${connections === 1 ? 'connection' : 'connections'}`,
    columns: ['client', '>events/s', '>of plain', '>send lag p50', '>p99', '>p99 at half of it'],
    rows: [
      row('plain `ws` client, as fast as it can', plain, NONE, NONE, NONE),
      row('raw sockets, as fast as they can', raw, NONE, NONE, NONE),
      ...engines.map((engine) => row(nameOf(engine), engine.runs, ...lagsOf(engine.runs))),
    ],
    targets: engines
      .filter(({ workers }) => workers === 1)
      .flatMap((engine) => targetsOf(connections, engine, ofPlain(engine.runs))),
    notes: notesOf(engines),
  };
}

function nameOf({ workers, isPinned = false }) {
  return `relay-bench, on time, ${workers === 1 ? '1 worker' : `${workers} workers`}${isPinned ? ' with `--pin`' : ''}`;
}

/** Medians of the rounds in which something was on time. */
function lagsOf(runs) {
  const found = runs.filter(({ onTime }) => onTime !== null);
  if (found.length === 0) return [NONE, NONE, NONE];
  const lag = (read) => milliseconds(median(found.map(read)));
  const half = found.map(({ half }) => half?.p99_us).filter((p99_us) => p99_us !== undefined);
  return [
    lag(({ onTime }) => onTime.p50_us),
    lag(({ onTime }) => onTime.p99_us),
    half.length === 0 ? NONE : milliseconds(median(half)),
  ];
}

function targetsOf(connections, { runs, isPinned = false }, ofPlain) {
  const least = LEAST_OF_PLAIN[connections];
  if (least === undefined) return [];
  const half = runs.map(({ half }) => half?.p99_us ?? Number.POSITIVE_INFINITY);
  const who = isPinned ? 'one worker with `--pin`' : 'one worker';
  return [
    { text: `${who} on time ≥ ${least}× the plain client`, isMet: ofPlain >= least },
    { text: `${who}: send lag p99 ≤ 1 ms at half of that`, isMet: median(half) <= MOST_LAG_AT_HALF_US },
  ];
}

/** Where the limit lies: a rate that is a little higher was not on time. */
function notesOf(engines) {
  return engines.flatMap((engine) => {
    const failed = engine.runs.flatMap(({ onTime }) => onTime?.failed_per_s ?? []);
    return failed.length === 0 ? [] : [`${nameOf(engine)}: not at ${perSecond(median(failed))}`];
  });
}

function milliseconds(us) {
  return us < 1_000 ? `${Math.round(us)} µs` : `${(us / 1_000).toFixed(2)} ms`;
}
